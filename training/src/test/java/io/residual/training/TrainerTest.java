package io.residual.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.training.config.Monitor;
import io.residual.training.config.Preset;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Inference;
import io.residual.training.loop.ScoreSum;
import io.residual.training.metrics.ConfusionMatrix;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of a narrow network on the sample. */
@Tag("slow")
class TrainerTest {
    private static final Map<String, String> NARROW =
            Map.of("width", "4", "epochs", "2", "batchSize", "64", "learningRate", "0.05", "seed", "7");

    @TempDir
    private static Path directory;

    private static RunDirectory trained;

    @BeforeAll
    static void train() {
        trained = run("trained", Map.of());
    }

    @Test
    void two_epochs_learn_something_and_every_epoch_is_kept() {
        List<EpochMetrics> epochs = trained.epochs();

        assertThat(epochs).extracting(EpochMetrics::epoch).containsExactly(1, 2);
        assertThat(epochs.get(1).trainLoss()).isLessThan(epochs.get(0).trainLoss());
        assertThat(epochs.get(1).validationAccuracy()).isGreaterThan(0.3);
        assertThat(trained.spec()).isEqualTo(preset(Map.of()).spec());
        assertThat(trained.manifest().data().sha256())
                .containsOnlyKeys("train-images-idx3-ubyte", "train-labels-idx1-ubyte");
    }

    @Test
    void the_model_file_has_the_names_of_the_classes() throws IOException {
        assertThat(SafetensorsFile.read(trained.modelFile(SavedModel.BEST)).metadata())
                .hasEntrySatisfying(
                        "classes",
                        json -> assertThat(json)
                                .startsWith("[\"T-shirt/top\",\"Trouser\",")
                                .endsWith(",\"Ankle boot\"]"));
    }

    @Test
    void augmentation_and_normalisation_change_a_run_that_still_repeats_bit_for_bit() throws IOException {
        Map<String, String> recipe =
                Map.of("crop", "4", "flip", "horizontal", "erase", "0.5", "mean", "0.29", "std", "0.35");
        RunDirectory first = run("augmented", recipe);

        assertThat(run("augmented-again", recipe).modelFile(SavedModel.LAST))
                .hasSameBinaryContentAs(first.modelFile(SavedModel.LAST));
        assertThat(first.epochs().get(1).trainLoss())
                .isNotEqualTo(trained.epochs().get(1).trainLoss());
        assertThat(first.epochs().get(1).validationAccuracy()).isGreaterThan(0.2);
    }

    @Test
    void the_kept_model_scores_on_validation_what_the_metrics_say() {
        EpochMetrics last = trained.epochs().get(1);
        ScoreSum score = validate(ModelFiles.load(trained, SavedModel.LAST, KernelChoice.AUTO.resolve()));

        assertThat(score.accuracy()).isEqualTo(last.validationAccuracy());
        assertThat(score.meanLoss()).isEqualTo(last.validationLoss());
    }

    @Test
    void the_metrics_of_an_epoch_have_the_rates_of_its_confusion_matrix() {
        EpochMetrics last = trained.epochs().get(1);
        ConfusionMatrix confusion = Inference.confusion(
                probabilities(ModelFiles.load(trained, SavedModel.LAST, KernelChoice.AUTO.resolve())), validation());

        assertThat(confusion.accuracy()).hasValue(last.validationAccuracy());
        assertThat(last.validationBalancedAccuracy()).isEqualTo(confusion.balancedAccuracy());
        assertThat(last.validationMacroF1()).isEqualTo(confusion.macroAverage().f1());
        assertThat(last.validationMatthews()).isEqualTo(confusion.matthews());
    }

    @Test
    void a_run_ends_early_by_the_metric_that_it_monitors() {
        // Loss and accuracy both rise.
        List<EpochMetrics> history = List.of(
                new EpochMetrics(1, 0.05, 0.9, 0.6, 0.7, 0.5, 310, 12),
                new EpochMetrics(2, 0.05, 0.8, 0.7, 0.8, 0.6, 310, 12),
                new EpochMetrics(3, 0.05, 0.7, 0.8, 0.9, 0.7, 310, 12));

        assertThat(Trainer.of(preset(Map.of("patience", "2", "monitor", "loss")))
                        .shouldStop(history))
                .isTrue();
        assertThat(Trainer.of(preset(Map.of("patience", "2"))).shouldStop(history))
                .isFalse();
        assertThat(EpochMetrics.best(history, Monitor.LOSS)).contains(history.get(0));
        assertThat(EpochMetrics.best(history, Monitor.ACCURACY)).contains(history.get(2));
    }

    @Test
    void the_best_model_is_the_one_of_the_best_epoch() {
        double best = trained.epochs().stream()
                .mapToDouble(EpochMetrics::validationAccuracy)
                .max()
                .orElseThrow();

        assertThat(validate(ModelFiles.load(trained, SavedModel.BEST, KernelChoice.AUTO.resolve()))
                        .accuracy())
                .isEqualTo(best);
    }

    @Test
    void the_same_seed_repeats_a_run_bit_for_bit_and_another_does_not() throws IOException {
        Path again = run("again", Map.of()).modelFile(SavedModel.LAST);
        Path other = run("other", Map.of("seed", "8")).modelFile(SavedModel.LAST);

        assertThat(again).hasSameBinaryContentAs(trained.modelFile(SavedModel.LAST));
        assertThat(Files.mismatch(other, again)).isNotEqualTo(-1);
    }

    /**
     * Both kernels start from the same weights and see the same batches, so their curves differ by rounding alone, until a ReLU
     * decides otherwise; then that grows from step to step, the more, the higher the rate. The validation loss of stock kernels
     * alone differs by 0.03 between one thread and two.
     */
    @Test
    void both_kernels_learn_along_the_same_curve() {
        Map<String, String> gentle = Map.of("epochs", "1", "learningRate", "0.001");
        EpochMetrics stock = run("stock", KernelChoice.STOCK, gentle).epochs().get(0);
        EpochMetrics other = run("auto", KernelChoice.AUTO, gentle).epochs().get(0);

        assertThat(other.trainLoss()).isCloseTo(stock.trainLoss(), within(2e-2));
        assertThat(other.validationLoss()).isCloseTo(stock.validationLoss(), within(1e-1));
    }

    @Test
    void a_loss_that_is_no_number_ends_the_run_with_the_iteration_and_the_cure() {
        assertThatThrownBy(() -> run("diverged", Map.of("learningRate", "10", "width", "8", "flavour", "book")))
                .isInstanceOf(ResidualException.class)
                .hasMessageMatching(
                        "(the loss became (NaN|infinite)|the loss was above .+,|a weight became NaN or infinite) in"
                                + " epoch 1, iteration \\d+: lower the learning rate: the last good checkpoint is"
                                + " .+/checkpoints/000001-.+")
                .extracting(e -> ((ResidualException) e).kind())
                .isEqualTo(Kind.DIVERGED);
    }

    @Test
    void a_model_file_of_another_network_is_named() {
        RunDirectory run = run("swapped", Map.of("epochs", "1"));
        RunDirectory wider = run("wider", Map.of("epochs", "1", "width", "8"));

        assertThatThrownBy(() -> ModelFiles.load(run, wider.modelFile(SavedModel.LAST), KernelChoice.AUTO.resolve()))
                .isInstanceOf(ResidualException.class)
                .hasMessageContaining("last.safetensors")
                .hasMessageContaining("0.0.weight [8, 1, 7, 7] instead of [4, 1, 7, 7]");
    }

    private static ScoreSum validate(Network network) {
        return Inference.score(probabilities(network), validation());
    }

    private static float[][] probabilities(Network network) {
        return Inference.probabilities(network, ImageBatches.inOrder(validation(), InputForm.of(ImageSize.square(28))));
    }

    private static ImageSet validation() {
        return IdxSource.sample().open(Split.VALIDATION, StratifiedSplit.SEED);
    }

    private static Preset preset(Map<String, String> changes) {
        Map<String, String> values = new HashMap<>(NARROW);
        values.putAll(changes);
        return Preset.resolve("quick", values);
    }

    private static RunDirectory run(String name, Map<String, String> changes) {
        return run(name, KernelChoice.AUTO, changes);
    }

    private static RunDirectory run(String name, KernelChoice kernels, Map<String, String> changes) {
        Path path = directory.resolve(name);
        Preset preset = preset(changes);
        Trainer.of(preset)
                .kernels(kernels)
                .directory(path)
                .train(RunDatasets.find(preset.spec().data()));
        return RunDirectory.open(path);
    }
}
