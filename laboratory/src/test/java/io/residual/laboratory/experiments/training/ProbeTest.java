package io.residual.laboratory.experiments.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.data.Batch;
import io.residual.data.idx.IdxSource;
import io.residual.laboratory.experiments.training.Probe.BatchNormDistance;
import io.residual.laboratory.experiments.training.Probe.LabelIssues;
import io.residual.laboratory.experiments.training.Probe.ProbeTarget;
import io.residual.laboratory.experiments.training.TrainingData.EvaluationSplit;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.GraphNetwork;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Tag("slow")
class ProbeTest {
    private static final TrainingSpec SPEC = Preset.resolve(
                    "quick",
                    Map.of(
                            "family",
                            "cifar",
                            "depth",
                            "8",
                            "flavour",
                            "torchvision",
                            "width",
                            "3",
                            "batchSize",
                            "40",
                            "epochs",
                            "1",
                            "learningRate",
                            "0.05"))
            .spec();

    @ParameterizedTest
    @EnumSource(ComputeKernels.class)
    void the_norm_of_a_gradient_is_how_fast_the_loss_rises_along_it(ComputeKernels kernels) {
        ProbeTarget subject = subject(kernels, 40);
        Map<String, Double> measures = GradientNorms.measure("start", subject);

        ComputationGraph graph = subject.network().graph();
        Batch batch = subject.training().epoch(0).next();
        graph.setInput(0, batch.images());
        graph.setLabel(0, batch.oneHot(10));
        graph.computeGradientAndScore();
        INDArray weights = graph.getLayer("stage2.block1.conv2").getParam("W");
        INDArray gradient =
                graph.gradient().getGradientFor("stage2.block1.conv2_W").dup();
        INDArray step = gradient.div(gradient.norm2Number()).mul(0.01);
        weights.addi(step);
        double above = loss(graph, batch);
        weights.subi(step.mul(2));
        double below = loss(graph, batch);

        double slope = (above - below) / 0.02;
        // ReLUs that change sides within the step, and 32 bits of the loss.
        assertThat(measures.get("start.norm.stage2.block1.conv2")).isCloseTo(slope, within(0.03 * slope));
        assertThat(slope).isGreaterThan(0.05);
    }

    private static double loss(ComputationGraph graph, Batch batch) {
        graph.setInput(0, batch.images());
        graph.setLabel(0, batch.oneHot(10));
        graph.computeGradientAndScore();
        return graph.score();
    }

    @Test
    void measuring_gradients_leaves_the_network_as_it_is() {
        ProbeTarget subject = subject(ComputeKernels.STOCK, 90);
        INDArray before = subject.network().graph().params().dup();
        Map<String, Double> first = GradientNorms.measure("start", subject);
        Map<String, Double> second = GradientNorms.measure("start", subject);

        assertThat(subject.network().graph().params()).isEqualTo(before);
        assertThat(second).isEqualTo(first);
        assertThat(first)
                .containsKeys("start.norm.stem.conv", "start.nearInput")
                .doesNotContainKey("start.norm.fc");
        assertThat(first.get("start.first")).isPositive();
        assertThat(first.get("start.lost.stem.conv")).isBetween(0.0, 1.0);
        assertThat(first.get("start.lost")).isBetween(0.0, first.get("start.subnormal"));
        assertThat(first.get("start.lostScaled")).isLessThanOrEqualTo(first.get("start.lost"));
    }

    /**
     * Convolutions without biases, ReLUs and means are homogeneous: w times the gradient, summed over a convolution, is the same
     * for each of them where one follows the other. With batch norm it is 0, as scaling the weights changes nothing.
     */
    @ParameterizedTest
    @EnumSource(ComputeKernels.class)
    void without_batch_norm_weights_times_their_gradient_are_the_same_in_every_layer(ComputeKernels kernels) {
        TrainingSpec spec = Preset.resolve(
                        "quick",
                        Map.of(
                                "family",
                                "cifar",
                                "depth",
                                "14",
                                "flavour",
                                "torchvision",
                                "width",
                                "4",
                                "shortcuts",
                                "none"))
                .spec();
        SampledImages drawn = SampledImages.of(IdxSource.sample(), TrainingData.of(40, 50), 3);
        ProbeTarget subject = new ProbeTarget(Model.RESNET.initialise(spec, 1, 10, kernels), spec, drawn);
        ComputationGraph bare = GradientNorms.withoutBatchNorm(subject);
        Batch batch = subject.training().epoch(0).next();
        loss(bare, batch);

        List<Double> products = GradientNorms.convolutions(bare).stream()
                .map(path -> bare.gradient()
                        .getGradientFor(path + "_W")
                        .mul(bare.getLayer(path).getParam("W"))
                        .sumNumber()
                        .doubleValue())
                .toList();
        double expected = products.get(0);

        assertThat(products)
                .hasSize(13)
                .allSatisfy(product -> assertThat(product).isCloseTo(expected, within(1e-3 * Math.abs(expected))));
        assertThat(Math.abs(expected)).isGreaterThan(1e-3);
        // The ReLUs are still there: half of the values are 0, or about so.
        assertThat(bare.feedForward(batch.images(), false)
                        .get("stage1.block1.relu1")
                        .eq(0)
                        .castTo(DataType.FLOAT)
                        .meanNumber()
                        .doubleValue())
                .isBetween(0.2, 0.8);
    }

    @Test
    void batch_norms_that_learnt_the_same_are_not_apart_and_those_that_learnt_the_opposite_are_2_apart() {
        ComputationGraph graph = subject(ComputeKernels.STOCK, 40).network().graph();
        set(graph, "stage1.block1", new double[] {1.5, 0.75, 1}, new double[] {1.5, 0.75, 1});
        set(graph, "stage3.block1", new double[] {1.5, 0.75, 1}, new double[] {0.5, 1.25, 1});

        Map<String, Double> measures = BatchNormDistance.measure(graph);

        assertThat(measures)
                .containsOnlyKeys("difference.stage1.block1", "difference.stage2.block1", "difference.stage3.block1");
        assertThat(measures.get("difference.stage1.block1")).isEqualTo(0);
        assertThat(measures.get("difference.stage2.block1")).isEqualTo(0); // nothing was learnt yet
        assertThat(measures.get("difference.stage3.block1")).isCloseTo(2, within(1e-6));
    }

    @Test
    void labels_that_were_made_wrong_are_counted_and_some_are_found() {
        Training training = new Training(
                Model.LENET,
                Preset.resolve("quick", Map.of("epochs", "12", "batchSize", "20", "learningRate", "0.05"))
                        .spec(),
                new TrainingData(1600, 0.05, EvaluationSplit.SECOND_HALF, 1600),
                Probe.LABEL_ISSUES);
        Map<String, Double> measures = LabelIssues.measure(trained(training));

        assertThat(measures.get("images")).isEqualTo(800);
        assertThat(measures.get("planted")).isBetween(20.0, 60.0);
        assertThat(measures.get("hits")).isGreaterThan(measures.get("planted") / 3);
        assertThat(measures.get("hits") / measures.get("suspects")).isGreaterThan(0.1);
    }

    private static ProbeTarget trained(Training training) {
        SampledImages images = SampledImages.of(IdxSource.sample(), training.material(), 3);
        GraphNetwork network = training.model().initialise(training.spec(), 1, 10, ComputeKernels.STOCK);
        TrainingLoop.of(network, training.spec(), images.training(), images.heldOut())
                .train(Position.START, training.spec().optimisation().epochs(), new TrainingListener() {}, () -> false);
        return new ProbeTarget(network, training.spec(), images);
    }

    private static void set(ComputationGraph graph, String block, double[] first, double[] second) {
        int width = (int) graph.getLayer(block + ".bn1").getParam("gamma").length();
        graph.getLayer(block + ".bn1").getParam("gamma").assign(repeat(first, width));
        graph.getLayer(block + ".bn2").getParam("gamma").assign(repeat(second, width));
    }

    private static INDArray repeat(double[] values, int length) {
        float[] all = new float[length];
        for (int i = 0; i < length; i++) {
            all[i] = (float) values[i % values.length];
        }
        return Nd4j.createFromArray(all).reshape(1, length);
    }

    private static ProbeTarget subject(ComputeKernels kernels, int images) {
        SampledImages drawn = SampledImages.of(IdxSource.sample(), TrainingData.of(images, 50), 3);
        return new ProbeTarget(Model.RESNET.initialise(SPEC, 1, 10, kernels), SPEC, drawn);
    }
}
