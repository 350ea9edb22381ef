package io.residual.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.residual.core.Flavour.LastGamma;
import io.residual.core.Flavour.Projection;
import io.residual.core.graph.ResNetGraph;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** The published networks: their depths, parameters, parts, and what they are before training. */
class ModelFamilyTest {
    private static final ImageShape COLOUR = new ImageShape(3, 32, 32);

    /** Counts of torchvision 0.14: sum(p.numel() for p in resnet50().parameters()), and so on. */
    @ParameterizedTest
    @CsvSource({"50, 25557032", "101, 44549160", "152, 60192808"})
    void bottleneck_networks_have_torchvision_s_parameters(int depth, long parameters) {
        ResNetSpec spec = ResNetSpec.resNet(depth, Flavour.TORCHVISION)
                .withInput(new ImageShape(3, 224, 224))
                .withClasses(1000);

        assertThat(spec.parameters()).isEqualTo(parameters);
    }

    /** He et al. 2015, table 6, in millions; their shortcuts have no parameters (option A), and their CIFAR images 3 channels. */
    @ParameterizedTest
    @CsvSource({"20, 0.27", "32, 0.46", "44, 0.66", "56, 0.85", "110, 1.7", "1202, 19.4"})
    void networks_for_small_images_have_the_paper_s_parameters(int depth, double millions) {
        assertThat(ResNetSpec.cifar(depth, Flavour.CIFAR).withInput(COLOUR).parameters() / 1e6)
                .isCloseTo(millions, withinPercentage(2));
    }

    /** He et al. 2016, tables 3 and 4. */
    @ParameterizedTest
    @CsvSource({"164, 1.7", "1001, 10.2"})
    void pre_activation_networks_have_the_paper_s_parameters(int depth, double millions) {
        assertThat(ResNetSpec.preActivation(depth).withInput(COLOUR).parameters() / 1e6)
                .isCloseTo(millions, withinPercentage(2));
    }

    /** Zagoruyko and Komodakis 2016, table 4. */
    @ParameterizedTest
    @CsvSource({"40, 4, 8.9", "16, 8, 11.0", "28, 10, 36.5"})
    void wide_networks_have_the_paper_s_parameters(int depth, int widening, double millions) {
        assertThat(ResNetSpec.wide(depth, widening).withInput(COLOUR).parameters() / 1e6)
                .isCloseTo(millions, withinPercentage(1));
    }

    /** timm's resnet50d: 25,576,264. */
    @Test
    void resnet_50_d_has_timm_s_parameters() {
        ResNetSpec spec = ResNetSpec.resNet(
                        50, Flavour.TORCHVISION.withProjection(Projection.POOL_CONVOLUTION_AND_BATCH_NORM))
                .withStem(Stem.deep(64))
                .withInput(new ImageShape(3, 224, 224))
                .withClasses(1000);

        assertThat(spec.parameters()).isEqualTo(25_576_264);
    }

    @Test
    void every_published_network_is_there_by_its_name() {
        assertThat(ResNetSpec.published("ResNet-18")).isEqualTo(ResNetSpec.resNet(18, Flavour.TORCHVISION));
        assertThat(ResNetSpec.published("ResNet-20")).isEqualTo(ResNetSpec.cifar(20, Flavour.CIFAR));
        assertThat(ResNetSpec.published("ResNet-1202")).isEqualTo(ResNetSpec.cifar(1202, Flavour.CIFAR));
        assertThat(ResNetSpec.published("PlainNet-34"))
                .isEqualTo(ResNetSpec.resNet(34, Flavour.TORCHVISION).plainTwin());
        assertThat(ResNetSpec.published("PreActResNet-164")).isEqualTo(ResNetSpec.preActivation(164));
        assertThat(ResNetSpec.published("WRN-28-10")).isEqualTo(ResNetSpec.wide(28, 10));
        assertThat(ResNetSpec.published("ResNet-50-D")
                        .withInput(new ImageShape(3, 224, 224))
                        .withClasses(1000)
                        .parameters())
                .isEqualTo(25_576_264);
    }

    @Test
    void a_title_is_a_name() {
        assertThat(Family.IMAGENET.title(50, 1, Shortcuts.RESIDUAL)).isEqualTo("ResNet-50");
        assertThat(Family.CIFAR.title(20, 1, Shortcuts.NONE)).isEqualTo("PlainNet-20");
        assertThat(Family.PREACTIVATION.title(1001, 1, Shortcuts.RESIDUAL)).isEqualTo("PreActResNet-1001");
        assertThat(Family.WIDE.title(28, 10, Shortcuts.RESIDUAL)).isEqualTo("WRN-28-10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet20", "WRN-28", "WRN-28-D", "ResNet-20-4", "PlainNet-50-D", "PreActResNet-164-2"})
    void a_name_that_no_paper_has_is_refused(String name) {
        assertThatThrownBy(() -> ResNetSpec.published(name))
                .hasMessage("no published network is called '" + name + "': expected a name such as ResNet-20,"
                        + " ResNet-50-D, PlainNet-20, PreActResNet-164 or WRN-28-10");
    }

    @Test
    void a_strided_stem_leaves_half_the_resolution_rounded_up() {
        assertThat(Stem.strided(6).outputShape(new ImageShape(3, 29, 28))).isEqualTo(new ImageShape(6, 15, 14));
    }

    @Test
    void depths_that_are_not_of_the_form_are_refused_with_the_nearest_ones() {
        assertThatThrownBy(() -> ResNetSpec.cifar(21, Flavour.CIFAR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("depth must be 6n + 2, got 21: the nearest are 20 and 26");
        assertThatThrownBy(() -> ResNetSpec.preActivation(1000))
                .hasMessage("depth must be 9n + 2, got 1000: the nearest are 992 and 1001");
        assertThatThrownBy(() -> ResNetSpec.wide(4, 2)).hasMessage("depth must be 6n + 4, got 4: the smallest is 10");
        assertThatThrownBy(() -> ResNetSpec.cifar(-3, Flavour.CIFAR))
                .hasMessage("depth must be 6n + 2, got -3: the smallest is 8");
    }

    @Test
    void parts_that_do_not_go_together_are_refused() {
        assertThatThrownBy(() -> ResNetSpec.wide(16, 3)
                        .withFlavour(Flavour.PRE_ACTIVATION.withProjection(Projection.ZERO_PADDING)))
                .hasMessage(
                        "shortcuts padded with zeros (option A) keep or double the channels, but a stage takes 16 and"
                                + " gives 48: use projections");
        assertThatThrownBy(() -> Flavour.PRE_ACTIVATION.withLastGamma(LastGamma.ZERO))
                .hasMessageContaining("no last batch norm");
        assertThatThrownBy(() -> Flavour.PRE_ACTIVATION.withProjection(Projection.CONVOLUTION_AND_BATCH_NORM))
                .hasMessageContaining("normalised already");
        assertThatThrownBy(() -> new BottleneckBlock(16, 30, 1)).hasMessageContaining("a multiple of 4 channels");
        assertThatThrownBy(() -> Stem.deep(7)).hasMessage("a deep stem needs an even number of channels, got 7");
        assertThatThrownBy(() -> new StochasticDepth(Double.NaN, StochasticDepth.Mode.ROW))
                .hasMessageContaining("in [0, 1), got NaN");
    }

    @Test
    void a_resnet_1202_can_be_written_and_has_the_paper_s_shapes() {
        ResNetSpec spec = ResNetSpec.cifar(1202, Flavour.CIFAR);

        assertThat(ResNetGraph.configuration(spec, new Sgd(0.1), 1).getVertices())
                .containsKeys("stage3.block200.relu2", "stage2.block1.shortcut.pad");
        assertThat(ShapeTable.of(spec).rows())
                .extracting(row -> row.piece() + " " + row.shape())
                .containsExactly(
                        "stem [1, 16, 28, 28]",
                        "stage1 [1, 16, 28, 28]",
                        "stage2 [1, 32, 14, 14]",
                        "stage3 [1, 64, 7, 7]",
                        "pool [1, 64, 1, 1]",
                        "flatten [1, 64]",
                        "fc [1, 10]");
    }

    /** With the last scales at zero, a block is the ReLU of its shortcut, and so is the identity behind a ReLU. */
    @Test
    void a_network_of_zero_scales_begins_as_its_shortcuts() {
        ComputationGraph zero = graph(ResNetSpec.cifar(14, Flavour.TORCHVISION.withLastGamma(LastGamma.ZERO)));
        INDArray images = Nd4j.rand(2, 1, 28, 28);
        var activations = zero.feedForward(images, false);

        assertThat(activations.get("stage1.block2.relu2")).isEqualTo(activations.get("stem.relu"));
        assertThat(activations.get("stage3.block2.relu2")).isEqualTo(activations.get("stage3.block1.relu2"));
        assertThat(zero.getParam("stage1.block1.bn1_gamma").minNumber().doubleValue())
                .isEqualTo(1);
    }

    @Test
    void the_plain_twin_of_zero_scales_keeps_scales_of_one_and_drops_no_block() {
        ComputationGraphConfiguration twin = ResNetGraph.configuration(
                ResNetSpec.cifar(14, Flavour.TORCHVISION.withLastGamma(LastGamma.ZERO))
                        .withStochasticDepth(new StochasticDepth(0.5, StochasticDepth.Mode.ROW))
                        .plainTwin(),
                new Sgd(0.1),
                1);
        ComputationGraph graph = new ComputationGraph(twin);
        graph.init();

        assertThat(graph.getParam("stage2.block1.bn2_gamma").minNumber().doubleValue())
                .isEqualTo(1);
        assertThat(twin.getVertices().keySet()).noneMatch(name -> name.endsWith(".drop") || name.endsWith(".add"));
    }

    @Test
    void every_block_s_output_has_the_path_that_is_told() {
        for (ResNetSpec spec : List.of(
                ResNetSpec.cifar(14, Flavour.CIFAR),
                ResNetSpec.preActivation(20),
                ResNetSpec.preActivation(20).plainTwin(),
                ResNetSpec.resNet(50, Flavour.TORCHVISION))) {
            ComputationGraphConfiguration configuration = ResNetGraph.configuration(spec, new Sgd(0.1), 1);
            String next = spec.flavour().order() == Flavour.Order.PRE_ACTIVATION ? ".bn1" : ".conv1";

            assertThat(configuration.getVertexInputs().get("stage1.block2" + next))
                    .containsExactly(VertexPaths.blockOutput(spec, 0, 0));
        }
    }

    private static ComputationGraph graph(ResNetSpec spec) {
        ComputationGraph graph = new ComputationGraph(ResNetGraph.configuration(spec, new Sgd(0.1), 1));
        graph.init();
        return graph;
    }
}
