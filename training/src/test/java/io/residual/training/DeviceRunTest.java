package io.residual.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.Sha256;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.HostDevice;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.training.TrainingResult.Outcome;
import io.residual.training.config.Preset;
import io.residual.training.device.DeviceChoice;
import io.residual.training.device.DeviceOpener;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Inference;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs on a stand-in for a GPU. */
@Tag("slow")
class DeviceRunTest {
    private static final Map<String, String> RECIPE = Map.of(
            "width",
            "4",
            "epochs",
            "2",
            "batchSize",
            "16",
            "learningRate",
            "0.01",
            "crop",
            "4",
            "flip",
            "horizontal",
            "erase",
            "0.5",
            "emaDecay",
            "0.9");

    @TempDir
    private static Path directory;

    private static RunDatasets data;
    private static TrainingResult whole;

    @BeforeAll
    static void train() {
        RunDatasets sample = RunDatasets.find(trainer(Map.of()).spec().data());
        data = new RunDatasets(
                sample.origin(), some(sample.train(), 40), some(sample.validation(), 20), sample.skipped());
        whole = trainer(Map.of()).directory(directory.resolve("whole")).train(data);
    }

    private static ImageSet some(ImageSet set, int count) {
        return set.subset(IntStream.range(0, count).toArray());
    }

    private static Trainer trainer(Map<String, String> changes) {
        return trainer(changes, (index, determinism) -> new HostDevice());
    }

    private static Trainer trainer(Map<String, String> changes, DeviceOpener opener) {
        Map<String, String> all = new HashMap<>(RECIPE);
        all.putAll(changes);
        return Trainer.of(Preset.resolve("quick", all))
                .device(DeviceChoice.CUDA)
                .opener(opener);
    }

    private static DeviceOpener none() {
        return (index, determinism) -> {
            throw new CudaException(CudaException.Kind.NO_GPU, "There is no GPU cuda:" + index);
        };
    }

    @Test
    void a_run_has_the_losses_of_one_on_the_cpu() {
        TrainingResult cpu = trainer(Map.of(), none()).device(DeviceChoice.CPU).train(data);

        assertThat(whole.history()).hasSize(2);
        for (int i = 0; i < 2; i++) {
            EpochMetrics expected = cpu.history().get(i);
            EpochMetrics actual = whole.history().get(i);
            assertThat(actual.trainLoss()).isCloseTo(expected.trainLoss(), within(0.02 * expected.trainLoss()));
            assertThat(actual.rawValidationLoss())
                    .isCloseTo(expected.rawValidationLoss(), within(0.05 * expected.rawValidationLoss()));
        }
    }

    @Test
    void the_kept_model_scores_on_the_cpu_what_the_metrics_say() {
        RunDirectory run = whole.directory().orElseThrow();
        Network kept = ModelFiles.load(run, SavedModel.LAST, KernelChoice.AUTO.resolve());

        assertThat(validationLoss(kept)).isCloseTo(whole.history().get(1).validationLoss(), within(1e-4));
        assertThat(validationLoss(whole.network())).isEqualTo(validationLoss(kept));
        assertThat(run.manifest().backend().kernels()).isEqualTo("CUDA (CPU)");
    }

    private static double validationLoss(Network network) {
        ImageBatches batches = ImageBatches.inOrder(
                data.validation(), trainer(Map.of()).spec().data().input());
        return Inference.score(Inference.probabilities(network, batches), data.validation())
                .meanLoss();
    }

    @Test
    void a_run_that_was_interrupted_goes_on_where_it_was_begun_with_the_same_bytes() throws IOException {
        Path run = directory.resolve("resumed");
        int[] asked = {0};
        TrainingResult part =
                trainer(Map.of()).directory(run).stopWhen(() -> ++asked[0] > 2).train(data);
        assertThat(part.outcome()).isEqualTo(Outcome.INTERRUPTED);
        assertThat(part.end().describe()).isEqualTo("epoch 1, step 2");

        assertThatThrownBy(() -> trainer(Map.of(), none())
                        .directory(run)
                        .device(DeviceChoice.CPU)
                        .train(data))
                .isInstanceOf(ResidualException.class)
                .hasMessageEndingWith("the checkpoint was computed on a GPU: resume with device cuda");
        TrainingResult rest =
                trainer(Map.of()).device(DeviceChoice.AUTO).directory(run).train(data);

        assertThat(rest.outcome()).isEqualTo(Outcome.COMPLETED);
        assertSameModel(rest);
    }

    private static void assertSameModel(TrainingResult result) throws IOException {
        assertThat(Sha256.of(result.directory().orElseThrow().modelFile(SavedModel.LAST)))
                .isEqualTo(Sha256.of(whole.directory().orElseThrow().modelFile(SavedModel.LAST)));
    }

    @Test
    void a_run_whose_gpu_fails_goes_on_from_its_last_checkpoint() throws IOException {
        Path run = directory.resolve("failing");
        DeviceOpener failing = (index, determinism) -> LesserDevice.failingAfter(4, new HostDevice());

        assertThatThrownBy(() -> trainer(Map.of(), failing).directory(run).train(data))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith("the GPU failed: it fell off the bus: the run can be resumed from " + run)
                .extracting(error -> ((ResidualException) error).kind())
                .isEqualTo(Kind.DEVICE_FAILED);

        assertSameModel(trainer(Map.of()).directory(run).train(data));
    }

    @Test
    void what_does_not_fit_names_the_batch_size_that_does() {
        DeviceOpener small = (index, determinism) -> LesserDevice.withFreeBytes(200_000, new HostDevice());

        assertThatThrownBy(() -> trainer(Map.of(), small).train(data))
                .isInstanceOf(ResidualException.class)
                .hasMessageMatching("batchSize 16: a step needs .* of the GPU's memory, of which 0.2 MB are free:"
                        + " batchSize \\d+ fits about")
                .extracting(error -> ((ResidualException) error).kind())
                .isEqualTo(Kind.OUT_OF_MEMORY);
    }

    @ParameterizedTest
    @CsvSource({
        "accumulation, 2, accumulation 2",
        "adaptiveClipping, 0.01, adaptiveClipping 0.01",
        "rateFactor, 0.9, rateFactor 0.9",
        "optimiser, adabelief, optimiser adabelief",
        "focalGamma, 2, focalGamma 2.0",
        "skipLearnt, 0.3, skipLearnt 0.3",
        "classWeights, inverse, classWeights inverse",
        "freezeUpTo, stem, freezeUpTo stem",
        "startImageSize, 14, startImageSize 14",
        "stochasticDepth, 0.2, stochasticDepth 0.2",
    })
    void what_a_gpu_does_not_train_is_named_before_the_run_starts(String setting, String value, String named) {
        Map<String, String> changes = Map.of(setting, value);
        Path run = directory.resolve("refused");

        assertThatThrownBy(() -> trainer(changes, none()).directory(run).train(data))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith(named)
                .hasMessageEndingWith(": a GPU does not train that: leave it out, or train on device cpu")
                .extracting(error -> ((ResidualException) error).kind())
                .isEqualTo(Kind.BAD_SETTING);
        assertThat(run).doesNotExist();
    }

    @Test
    void without_a_gpu_the_cpu_trains_unless_a_gpu_is_asked_for() {
        Trainer trainer = trainer(Map.of(), none());

        assertThat(trainer.device(DeviceChoice.AUTO).usesGpu(data)).isFalse();
        assertThat(trainer(Map.of()).device(DeviceChoice.AUTO).usesGpu(data)).isTrue();
        assertThat(trainer(Map.of("accumulation", "2"))
                        .device(DeviceChoice.AUTO)
                        .usesGpu(data))
                .isFalse();
        assertThatThrownBy(() -> trainer.device(DeviceChoice.of("cuda:3")).train(data))
                .isInstanceOf(ResidualException.class)
                .hasMessage("There is no GPU cuda:3")
                .extracting(error -> ((ResidualException) error).kind())
                .isEqualTo(Kind.NO_DEVICE);
    }

    @Test
    void tf32_needs_a_gpu_to_train_but_none_to_predict() {
        TrainingResult trained = trainer(Map.of("precision", "tf32", "epochs", "1"))
                .directory(directory.resolve("tf32"))
                .train(data);
        RunDirectory run = trained.directory().orElseThrow();
        assertThat(run.manifest().backend().kernels()).isEqualTo("CUDA (CPU, tf32 factors)");
        assertThat(validationLoss(ModelFiles.load(run, SavedModel.LAST, KernelChoice.AUTO.resolve())))
                .isCloseTo(trained.history().get(0).validationLoss(), within(1e-4));
        assertThatThrownBy(() -> trainer(Map.of("precision", "tf32"), none())
                        .device(DeviceChoice.AUTO)
                        .train(data))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith("precision tf32: only a GPU computes in tf32");
    }
}
