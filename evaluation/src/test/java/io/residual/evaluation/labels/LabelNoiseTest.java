package io.residual.evaluation.labels;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.evaluation.DebianPackage;
import io.residual.training.CrossValidation;
import io.residual.training.Trainer;
import io.residual.training.config.Preset;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class LabelNoiseTest {
    @TempDir
    Path directory;

    @Test
    void four_fifths_of_the_labels_that_were_flipped_are_among_as_many_first_ranked() {
        DebianPackage.require("dataset-fashion-mnist", Path.of(FlippedLabels.DEBIAN));
        FlippedLabels noisy = FlippedLabels.of(4_000, 0.05, 1);
        Preset preset = Preset.resolve(
                "speedrun",
                Map.of(
                        "family", "cifar",
                        "depth", "8",
                        "stem", "family",
                        "width", "8",
                        "epochs", "8",
                        "batchSize", "64",
                        "labelSmoothing", "0.2"));
        LabelIssues issues = LabelIssues.of(
                "training",
                noisy.images(),
                new CrossValidation(Trainer.of(preset), 3, directory)
                        .probabilities(noisy.images(), FlippedLabels.DEBIAN, Trainer::train)
                        .orElseThrow());

        assertThat(noisy.flipped()).hasSize(200);
        assertThat(noisy.found(issues.ranking())).isGreaterThanOrEqualTo(0.8);
        assertThat(issues.accuracyWithoutSuspects()).isGreaterThan(issues.accuracy());
    }
}
