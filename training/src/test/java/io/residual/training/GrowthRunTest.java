package io.residual.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.ImageSet;
import io.residual.data.idx.IdxSource;
import io.residual.training.config.Preset;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.RunDatasets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs of a very narrow network on a part of the sample, whose images have 14, 20, 28 and 28 pixels. */
@Tag("slow")
class GrowthRunTest {
    private static final Map<String, String> TINY = Map.of(
            "width",
            "2",
            "epochs",
            "4",
            "batchSize",
            "48",
            "learningRate",
            "0.05",
            "startImageSize",
            "14",
            "fullSizeAt",
            "0.5",
            "crop",
            "4");

    private final RunDatasets data = data();

    @TempDir
    private Path directory;

    private static RunDatasets data() {
        RunDatasets sample = RunDatasets.of(IdxSource.sample());
        return RunDatasets.of(first(sample.train(), 200), first(sample.validation(), 60), "part of the sample");
    }

    private static ImageSet first(ImageSet images, int count) {
        return images.subset(IntStream.range(0, count).toArray());
    }

    private static Trainer trainer(String setting, String value) {
        Map<String, String> settings = new HashMap<>(TINY);
        settings.put(setting, value);
        return Trainer.of(Preset.resolve("quick", settings));
    }

    /** Compiled, and layer by layer. */
    @ParameterizedTest
    @CsvSource({"ONEDNN, flip, horizontal", "ONEDNN, stochasticDepth, 0.3", "STOCK, sampler, balanced"})
    void a_run_that_stops_within_an_epoch_of_small_images_resumes_with_the_bytes_of_one_that_never_stopped(
            KernelChoice kernels, String setting, String value) {
        Trainer trainer = trainer(setting, value).kernels(kernels);
        Path whole = directory.resolve("whole");
        Path parts = directory.resolve("parts");
        TrainingResult expected = trainer.directory(whole).train(data);
        AtomicInteger steps = new AtomicInteger();
        TrainingListener counter = new TrainingListener() {
            @Override
            public void stepDone(Position at, int images) {
                steps.incrementAndGet();
            }
        };

        trainer.directory(parts)
                .listener(counter)
                .stopWhen(() -> steps.get() == 7)
                .train(data);
        TrainingResult resumed = trainer.directory(parts).train(data);

        assertThat(steps).hasValue(7);
        assertThat(parts.resolve("last.safetensors")).hasSameBinaryContentAs(whole.resolve("last.safetensors"));
        assertThat(resumed.history())
                .usingRecursiveComparison()
                .ignoringFields("imagesPerSecond", "epochSeconds")
                .isEqualTo(expected.history());
        assertThat(resumed.history()).extracting(EpochMetrics::validationLoss).allMatch(Double::isFinite);
    }

    @Test
    void epochs_of_the_full_size_are_those_of_a_run_that_does_not_grow() {
        TrainingResult grows = trainer("epochs", "1").train(data);

        assertThat(grows.network().graph().params().toFloatVector())
                .isEqualTo(trainer("startImageSize", "0")
                        .stopAfter(1)
                        .train(data)
                        .network()
                        .graph()
                        .params()
                        .toFloatVector());
    }
}
