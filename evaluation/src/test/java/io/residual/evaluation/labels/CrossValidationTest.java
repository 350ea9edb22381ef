package io.residual.evaluation.labels;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.ImageSet;
import io.residual.data.StratifiedFolds;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.evaluation.metrics.Scores;
import io.residual.training.OnDivergence;
import io.residual.training.TrainOptions;
import io.residual.training.TrainingRun;
import io.residual.training.cli.ExitStatus;
import io.residual.training.config.Preset;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrossValidationTest {
    @TempDir
    Path directory;

    private final Preset preset = Preset.resolve("quick", Map.of("width", "4", "epochs", "2"));
    private final ImageSet images =
            IdxSource.sample().wholeTraining().subset(IntStream.range(0, 601).toArray());

    @Test
    void a_fold_that_was_interrupted_goes_on_with_the_same_result() {
        Scores whole = probabilities(directory.resolve("whole"));
        Path cut = directory.resolve("cut");
        TrainOptions oneEpoch = new TrainOptions(
                KernelChoice.AUTO,
                Optional.of(cut.resolve("fold-1")),
                TrainOptions.CHECKPOINT_EVERY,
                OptionalInt.of(1),
                OnDivergence.STOP);
        StratifiedFolds folds = StratifiedFolds.of(images, 2, StratifiedSplit.SEED);
        PrintWriter unheard = new PrintWriter(Writer.nullWriter());
        assertThat(TrainingRun.execute(RunDatasets.of(folds, 0, "the sample"), preset, oneEpoch, List.of(), unheard))
                .isEqualTo(ExitStatus.OK);
        assertThat(RunDirectory.open(cut.resolve("fold-1")).epochs()).hasSize(1);

        Scores resumed = probabilities(cut);
        assertThat(RunDirectory.open(cut.resolve("fold-1")).epochs()).hasSize(2);
        for (int i = 0; i < images.size(); i++) {
            assertThat(resumed.row(i)).isEqualTo(whole.row(i));
        }
    }

    private Scores probabilities(Path place) {
        return new CrossValidation(preset, 2, place, KernelChoice.AUTO)
                .probabilities(images, "the sample", List.of())
                .orElseThrow();
    }
}
