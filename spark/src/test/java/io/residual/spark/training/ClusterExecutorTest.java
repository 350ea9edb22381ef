package io.residual.spark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSet;
import io.residual.data.idx.IdxSource;
import io.residual.spark.training.Round.Exchange;
import io.residual.training.Trainer;
import io.residual.training.TrainingResult;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.device.DeviceChoice;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDatasets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs of a very narrow network on a part of the sample, whose workers this process plays. */
@Tag("slow")
class ClusterExecutorTest {
    /** 200 images of 48 a batch: the last batch has 8. */
    private static final Map<String, String> TINY = Map.of(
            "width", "2", "epochs", "2", "batchSize", "48", "learningRate", "0.05", "momentum", "0.9", "seed", "3");

    @TempDir
    private Path directory;

    private static RunDatasets data;

    @BeforeAll
    static void part_of_the_sample() {
        RunDatasets sample = RunDatasets.of(IdxSource.sample());
        data = RunDatasets.of(first(sample.train(), 200), first(sample.validation(), 60), "part of the sample");
    }

    private static ImageSet first(ImageSet images, int count) {
        return images.subset(IntStream.range(0, count).toArray());
    }

    @ParameterizedTest
    @CsvSource({
        "1, flip=horizontal crop=2 labelSmoothing=0.1",
        "1, optimiser=adam learningRate=0.002 mixup=0.4 emaDecay=0.9 clipNorm=1 accumulation=2",
        "3, optimiser=adam learningRate=0.002 mixup=0.4 emaDecay=0.9 clipNorm=1",
        "2, sampler=balanced focalGamma=1 momentum=0",
        "2, stochasticDepth=0.5",
        "2, startImageSize=14 flip=horizontal"
    })
    void one_worker_trains_as_this_process_would_bit_for_bit(int averageEvery, String settings) {
        Trainer alone = trainer(settings);
        TrainingResult expected = alone.train(data);

        TrainingResult actual = alone.workers(LocalGroup.of(1, averageEvery)).train(data);

        assertThat(actual.network().graph().params().toFloatVector())
                .isEqualTo(expected.network().graph().params().toFloatVector());
        assertThat(actual.history())
                .usingRecursiveComparison()
                .ignoringFields("imagesPerSecond", "epochSeconds")
                .isEqualTo(expected.history());
    }

    @Test
    void rounds_end_with_the_epoch() {
        LocalGroup group = LocalGroup.of(2, 3);

        trainer("epochs=2").workers(group).train(data);

        assertThat(group.rounds())
                .containsExactly(
                        new Round(Exchange.STATES, 0, 0, 0, 3, 2),
                        new Round(Exchange.STATES, 0, 3, 3, 2, 2),
                        new Round(Exchange.STATES, 1, 0, 5, 3, 2),
                        new Round(Exchange.STATES, 1, 3, 8, 2, 2));
    }

    @Test
    void a_last_batch_with_one_image_for_a_worker_is_not_trained_on() {
        LocalGroup group = LocalGroup.of(5, 1);

        trainer("epochs=1").workers(group).train(data);

        assertThat(group.rounds()).hasSize(4);
    }

    @Test
    void a_run_that_stops_within_an_epoch_resumes_with_the_bytes_of_one_that_never_stopped() throws Exception {
        Trainer shared = trainer("epochs=2");
        Path whole = directory.resolve("whole");
        Path stopped = directory.resolve("stopped");
        shared.workers(LocalGroup.of(2, 2)).directory(whole).train(data);
        LocalGroup first = LocalGroup.of(2, 2);

        shared.workers(first)
                .directory(stopped)
                .stopWhen(() -> first.rounds().size() == 2)
                .train(data);
        LocalGroup second = LocalGroup.of(2, 2);
        shared.workers(second).directory(stopped).train(data);

        assertThat(first.rounds()).hasSize(2);
        assertThat(second.rounds().get(0)).isEqualTo(new Round(Exchange.STATES, 0, 4, 4, 1, 2));
        assertThat(bytes(stopped, "last.safetensors")).isEqualTo(bytes(whole, "last.safetensors"));
        assertThat(Files.readString(whole.resolve("manifest.json"))).contains("2 workers in this process");
    }

    private static byte[] bytes(Path run, String file) throws Exception {
        return Files.readAllBytes(run.resolve(file));
    }

    @Test
    void what_a_worker_did_before_does_not_matter() {
        TrainingSpec spec = spec("flip=horizontal optimiser=adam");
        ComputeKernels kernels = ComputeKernels.STOCK;
        SharedJob job = SharedJob.of(spec, kernels, 2, data.train());
        Worker busy = new Worker(job);
        Worker fresh = new Worker(job);
        GraphExecutor initial = initial(spec, kernels);
        float[] state = FlatState.of(initial);
        Round states = new Round(Exchange.STATES, 0, 1, 1, 3, 2);
        Round gradients = new Round(Exchange.GRADIENTS, 0, 4, 4, 1, 2);
        float[] weights = FlatState.of(initial.parameters());

        busy.take(new Round(Exchange.STATES, 1, 3, 8, 2, 2), 1, state);
        busy.take(gradients, 0, weights);
        WorkerResult after = busy.take(states, 1, state);
        WorkerResult last = busy.take(gradients, 1, weights);

        assertThat(after).usingRecursiveComparison().isEqualTo(fresh.take(states, 1, state));
        assertThat(after.images()).containsExactly(24, 24, 24);
        assertThat(last).usingRecursiveComparison().isEqualTo(fresh.take(gradients, 1, weights));
        assertThat(last.images()).containsExactly(4);
    }

    @Test
    void a_gpu_is_refused() {
        Trainer shared = trainer("epochs=1").device(DeviceChoice.of("cuda")).workers(LocalGroup.of(2, 1));

        assertThatThrownBy(() -> shared.train(data))
                .isInstanceOfSatisfying(
                        ResidualException.class,
                        error -> assertThat(error.kind()).isEqualTo(Kind.BAD_SETTING))
                .hasMessage("device cuda: 2 workers in this process train on CPUs: use device cpu");
    }

    private static GraphExecutor initial(TrainingSpec spec, ComputeKernels kernels) {
        Network network = ModelFiles.initial(spec, spec.resNet(1, 10), kernels);
        return GraphExecutor.of(network, spec, TrainingLoop.batches(spec, data.train()));
    }

    private static Trainer trainer(String settings) {
        return Trainer.of(spec(settings));
    }

    private static TrainingSpec spec(String settings) {
        Map<String, String> all = new HashMap<>(TINY);
        Arrays.stream(settings.split(" ", -1))
                .map(setting -> setting.split("=", -1))
                .forEach(setting -> all.put(setting[0], setting[1]));
        return Preset.resolve("quick", all).spec();
    }
}
