package io.residual.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.ImageSet;
import io.residual.data.StratifiedFolds;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.training.TrainingResult.Outcome;
import io.residual.training.config.Preset;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class CrossValidationTest {
    @TempDir
    Path directory;

    private final Preset preset = Preset.resolve("quick", Map.of("width", "4", "epochs", "2"));
    private final ImageSet images =
            IdxSource.sample().wholeTraining().subset(IntStream.range(0, 601).toArray());

    @Test
    void a_fold_that_was_interrupted_resumes_with_the_same_result() {
        float[][] whole = probabilities(directory.resolve("whole"));
        Path cut = directory.resolve("cut");
        StratifiedFolds folds = StratifiedFolds.of(images, 2, StratifiedSplit.SEED);
        assertThat(Trainer.of(preset)
                        .directory(cut.resolve("fold-1"))
                        .stopAfter(1)
                        .train(RunDatasets.of(folds, 0, "the sample"))
                        .outcome())
                .isEqualTo(Outcome.STOPPED_AFTER_EPOCH);
        assertThat(RunDirectory.open(cut.resolve("fold-1")).epochs()).hasSize(1);

        float[][] resumed = probabilities(cut);
        assertThat(RunDirectory.open(cut.resolve("fold-1")).epochs()).hasSize(2);
        for (int i = 0; i < images.size(); i++) {
            assertThat(resumed[i]).isEqualTo(whole[i]);
        }
    }

    @Test
    void folds_that_are_finished_one_by_one_in_any_order_have_the_same_result() {
        float[][] whole = probabilities(directory.resolve("whole"));
        CrossValidation folds = folds(directory.resolve("single"));
        assertThat(folds.unfinished(images, "the sample")).containsExactly(0, 1);

        assertThat(folds.finish(1, images, "the sample", Trainer::train)).isTrue();
        assertThat(folds.unfinished(images, "the sample")).containsExactly(0);
        assertThat(folds.finish(0, images, "the sample", Trainer::train)).isTrue();
        assertThat(folds.unfinished(images, "the sample")).isEmpty();

        assertThat(probabilities(folds.directory())).isDeepEqualTo(whole);
    }

    private CrossValidation folds(Path place) {
        return new CrossValidation(Trainer.of(preset), 2, place);
    }

    private float[][] probabilities(Path place) {
        return folds(place)
                .probabilities(images, "the sample", Trainer::train)
                .orElseThrow()
                .probabilities();
    }
}
