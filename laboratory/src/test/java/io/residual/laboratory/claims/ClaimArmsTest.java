package io.residual.laboratory.claims;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.experiments.training.Training;
import io.residual.laboratory.experiments.training.TrainingData;
import io.residual.training.config.SpecFile;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each arm is trained as its name says: an exchange of two trainings would confirm what is false. */
class ClaimArmsTest {
    private static final TrainingData ANY = TrainingData.of(100, 90);

    @Test
    void twins_of_each_depth_differ_by_their_shortcuts() {
        assertThat(arms(new Depth(List.of(8, 44), 8, 1, ANY, 1), "depth", "shortcuts"))
                .containsExactly(
                        "plain-8: 8 none", "residual-8: 8 residual", "plain-44: 44 none", "residual-44: 44 residual");
    }

    @Test
    void schedules_have_their_rates_and_a_step_after_half_of_the_epochs() {
        assertThat(arms(
                        new Schedules(List.of(0.01, 0.5), 6, ANY, 1),
                        "schedule",
                        "learningRate",
                        "stepEpochs",
                        "decay",
                        "lowestRate"))
                .containsExactly(
                        "cosine 0.01: cosine 0.01 3 0.1 0.0",
                        "cosine 0.5: cosine 0.5 3 0.1 0.0",
                        "constant 0.01: constant 0.01 3 0.1 0.0",
                        "constant 0.5: constant 0.5 3 0.1 0.0",
                        "step 0.01: step 0.01 3 0.1 0.0",
                        "step 0.5: step 0.5 3 0.1 0.0");
    }

    @Test
    void rates_are_fixed_or_in_proportion_to_the_batch_up_to_ten() {
        assertThat(arms(new BatchSizes(List.of(64, 32_768), 1, ANY, 1), "model", "batchSize", "learningRate"))
                .containsExactly(
                        "LeNet, one rate, batch 64: LENET 64 0.1",
                        "LeNet, one rate, batch 32768: LENET 32768 0.1",
                        "LeNet, scaled rate, batch 64: LENET 64 0.025",
                        "LeNet, scaled rate, batch 32768: LENET 32768 10.0",
                        "ResNet-18, one rate, batch 64: RESNET 64 0.1",
                        "ResNet-18, one rate, batch 32768: RESNET 32768 0.1",
                        "ResNet-18, scaled rate, batch 64: RESNET 64 0.025",
                        "ResNet-18, scaled rate, batch 32768: RESNET 32768 10.0");
    }

    @Test
    void batch_norms_are_those_of_the_book_s_network() {
        assertThat(arms(new TwoBatchNorms(1, ANY, 1), "flavour", "probe"))
                .containsExactly("ResNet-18: book BATCH_NORMS");
    }

    @Test
    void augmentation_and_noise_change_the_training_images_and_test_images_decide() {
        assertThat(arms(new TestAboveTraining(1, 100, 90, 1), "crop", "flip", "erase", "noise", "evaluation"))
                .containsExactly(
                        "as it is: 0 none 0.0 0.0 TEST",
                        "strongly augmented: 4 horizontal 0.5 0.0 TEST",
                        "a fifth of the labels wrong: 0 none 0.0 0.2 TEST");
    }

    @Test
    void each_half_is_searched_with_planted_labels_and_without() {
        assertThat(arms(new WrongLabels(1, 100, 1), "noise", "evaluation", "probe"))
                .containsExactly(
                        "with planted wrong labels, first half: 0.05 FIRST_HALF LABEL_ISSUES",
                        "with planted wrong labels, second half: 0.05 SECOND_HALF LABEL_ISSUES",
                        "as it is, first half: 0.0 FIRST_HALF LABEL_ISSUES",
                        "as it is, second half: 0.0 SECOND_HALF LABEL_ISSUES");
    }

    @Test
    void images_have_their_sizes() {
        assertThat(arms(new ImageSizes(List.of(28, 96), 1, ANY, 1), "imageSize"))
                .containsExactly("28 pixels: 28", "96 pixels: 96");
    }

    @Test
    void gradients_are_measured_in_twins() {
        assertThat(arms(new GradientFlow(14, 8, 1, ANY, 1), "depth", "shortcuts", "probe"))
                .containsExactly(
                        "plain: 14 none GRADIENT_FLOW",
                        "residual: 14 residual GRADIENT_FLOW",
                        "plain, shallow: 8 none GRADIENT_FLOW");
    }

    @Test
    void plain_nets_have_the_factors_and_gradients_are_those_of_claim_8() {
        LayerwiseRates rates = new LayerwiseRates(8, List.of(0.5, 1.0), 1, ANY, new GradientFlow(20, 14, 1, ANY, 1), 1);
        assertThat(arms(rates, "depth", "shortcuts", "rateFactor", "probe"))
                .containsExactly(
                        "plain, factor 0.5: 8 none 0.5 NONE",
                        "plain, factor 1.0: 8 none 1.0 NONE",
                        "residual: 8 residual 1.0 NONE",
                        "gradients: plain: 20 none 1.0 GRADIENT_FLOW",
                        "gradients: residual: 20 residual 1.0 GRADIENT_FLOW",
                        "gradients: plain, shallow: 14 none 1.0 GRADIENT_FLOW");
    }

    @Test
    void a_thousand_layers_are_residual_plain_and_pre_activation() {
        assertThat(arms(
                        new ThousandLayers(1202, 1001, 16, 300, 8, 1),
                        "family",
                        "depth",
                        "shortcuts",
                        "zeroInitResidual"))
                .containsExactly(
                        "ResNet-1202: cifar 1202 residual \"true\"",
                        "plain ResNet-1202: cifar 1202 none \"false\"",
                        "pre-activation ResNet-1001: preactivation 1001 residual \"false\"");
    }

    /** The names of an experiment's arms with some of their settings. */
    private static List<String> arms(Experiment experiment, String... settings) {
        return experiment.arms().stream()
                .map(arm -> arm.name() + ": "
                        + String.join(
                                " ",
                                Stream.of(settings)
                                        .map(name -> value(arm.training(), name))
                                        .toList()))
                .toList();
    }

    private static String value(Training training, String setting) {
        return switch (setting) {
            case "model" -> training.model().toString();
            case "probe" -> training.probe().toString();
            case "noise" -> Double.toString(training.material().labelNoise());
            case "evaluation" -> training.material().heldOut().toString();
            default ->
                SpecFile.write(training.spec())
                        .lines()
                        .filter(line -> line.startsWith(setting + ": "))
                        .map(line -> line.substring(setting.length() + 2))
                        .findFirst()
                        .orElseThrow();
        };
    }
}
