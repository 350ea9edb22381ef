package io.residual.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.Family;
import io.residual.core.Flavour;
import io.residual.core.Flavour.ConvolutionBias;
import io.residual.core.Flavour.LastGamma;
import io.residual.core.Flavour.Order;
import io.residual.core.Flavour.Projection;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.Stem;
import io.residual.core.StochasticDepth;
import io.residual.program.Operation;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.Pool;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.ProgramReader;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import io.residual.program.Window;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

class ProgramReaderTest {
    private static final int WIDTH = 4;

    /** Every family with every flavour, projection and stem, and the plain twins. */
    static Stream<Arguments> networks() {
        List<Arguments> networks = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int depth : depths(family)) {
                for (Flavour flavour : List.of(Flavour.BOOK, Flavour.TORCHVISION)) {
                    ResNetSpec published = family.network(depth, flavour, 2);
                    for (ResNetSpec spec : variants(published)) {
                        networks.add(Arguments.of(
                                family + " " + depth + " " + spec.flavour() + " " + spec.stem() + " "
                                        + spec.shortcuts(),
                                spec.withWidth(WIDTH).withInput(new ImageShape(3, 33, 40))));
                    }
                }
            }
        }
        return networks.stream();
    }

    private static List<Integer> depths(Family family) {
        return switch (family) {
            case IMAGENET -> List.of(18, 50);
            case CIFAR -> List.of(8);
            case PREACTIVATION -> List.of(11);
            case WIDE -> List.of(10);
        };
    }

    private static Set<ResNetSpec> variants(ResNetSpec published) {
        Set<ResNetSpec> variants = new HashSet<>();
        Flavour flavour = published.flavour();
        for (Projection projection : Projection.values()) {
            boolean allowed = flavour.order() == Order.POST_ACTIVATION || !projection.hasBatchNorm();
            boolean fits = projection != Projection.ZERO_PADDING
                    || published.stages().stream()
                            .noneMatch(stage ->
                                    stage.channels() == 4 * published.stem().channels());
            if (allowed && fits) {
                variants.add(published.withFlavour(flavour.withProjection(projection)));
            }
        }
        for (Stem stem : List.of(Stem.imageNet(64), Stem.deep(64), Stem.small(16))) {
            if (published.flavour().projection() != Projection.ZERO_PADDING) {
                variants.add(published.withStem(stem));
            }
        }
        if (flavour.order() == Order.POST_ACTIVATION) {
            variants.add(published.withFlavour(flavour.withLastGamma(LastGamma.ZERO)));
        }
        variants.add(published.plainTwin());
        return variants;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void every_network_without_chance_has_a_program_of_its_layers(String name, ResNetSpec spec)
            throws UnsupportedNetworkException {
        ComputationGraphConfiguration graph = ResNetGraph.configuration(spec, new Sgd(0.1), 1);

        Program program = read(graph, spec);

        assertThat(parameters(program)).isEqualTo(parameters(graph));
        assertThat(program.value(program.input())).isEqualTo(new Value("input", 3, 33, 40));
        assertThat(program.value(program.logits())).isEqualTo(new Value("fc", 10, 1, 1));
        Set<Integer> written = new HashSet<>(Set.of(program.input()));
        for (Operation operation : program.operations()) {
            assertThat(written).containsAll(operation.inputs());
            assertThat(written.add(operation.out()))
                    .as("%s is written once", operation)
                    .isTrue();
            assertFits(program, operation);
        }
        assertThat(written).hasSize(program.values().size());
    }

    private static void assertFits(Program program, Operation operation) {
        Value in = program.value(operation.inputs().get(0));
        Value out = program.value(operation.out());
        if (operation instanceof Convolve convolve) {
            assertFits(convolve.window(), in, out);
        } else if (operation instanceof Pool pool) {
            assertFits(pool.window(), in, out);
            assertThat(out.channels()).isEqualTo(in.channels());
        } else {
            assertThat(out.positions()).isEqualTo(in.positions());
        }
    }

    private static void assertFits(Window window, Value in, Value out) {
        assertFits(window.rows(), in.height(), out.height());
        assertFits(window.columns(), in.width(), out.width());
    }

    /** The last position of the window ends within the padding, and another one would not fit into the image. */
    private static void assertFits(Window.Axis axis, int pixels, int positions) {
        int end = (positions - 1) * axis.stride() + (axis.size() - 1) * axis.dilation() + 1;
        assertThat(end).isBetween(pixels - axis.stride() + 1, axis.before() + pixels + axis.after());
    }

    private static Set<String> parameters(Program program) {
        Set<String> names = new TreeSet<>();
        for (Operation operation : program.operations()) {
            if (operation instanceof Convolve convolve) {
                names.add(convolve.weights());
                if (convolve.biased()) {
                    names.add(convolve.bias());
                }
            } else if (operation instanceof Normalize normalize) {
                assertThat(normalize)
                        .extracting(Normalize::epsilon, Normalize::decay, Normalize::unbiased)
                        .containsExactly(1e-5, 0.9, true);
                for (String key : List.of("gamma", "beta", "mean", "var")) {
                    names.add(normalize.parameter(key));
                }
            }
        }
        return names;
    }

    private static Set<String> parameters(ComputationGraphConfiguration configuration) {
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return new TreeSet<>(graph.paramTable().keySet());
    }

    private static Program read(ComputationGraphConfiguration graph, ResNetSpec spec)
            throws UnsupportedNetworkException {
        ImageShape input = spec.input();
        return ProgramReader.read(
                graph,
                InputType.convolutional(input.height(), input.width(), input.channels()),
                PyTorchBatchNorm.class::isInstance);
    }

    @Test
    void a_bias_is_read_where_there_is_one() throws UnsupportedNetworkException {
        for (Flavour flavour : List.of(Flavour.BOOK, Flavour.TORCHVISION)) {
            ResNetSpec spec = ResNetSpec.resNet(18, flavour).withWidth(WIDTH);

            List<Boolean> biased = read(ResNetGraph.configuration(spec, new Sgd(0.1), 1), spec).operations().stream()
                    .filter(Convolve.class::isInstance)
                    .map(operation -> ((Convolve) operation).biased())
                    .toList();

            assertThat(biased.subList(0, biased.size() - 1))
                    .hasSize(20)
                    .containsOnly(flavour.bias() == ConvolutionBias.BIASED);
            assertThat(biased.get(biased.size() - 1)).as("the dense layer").isTrue();
        }
    }

    @Test
    void networks_with_chance_are_refused_by_the_name_of_the_vertex() {
        ResNetSpec spec = ResNetSpec.cifar(8, Flavour.CIFAR).withWidth(WIDTH);
        for (StochasticDepth.Mode mode : StochasticDepth.Mode.values()) {
            ResNetSpec deep = spec.withStochasticDepth(new StochasticDepth(0.5, mode));
            assertThatThrownBy(() -> read(ResNetGraph.configuration(deep, new Sgd(0.1), 1), deep))
                    .isInstanceOf(UnsupportedNetworkException.class)
                    .hasMessage("stage1.block1.drop (StochasticDepthVertex) has no operation");
        }
        for (ResNetSpec dropped :
                List.of(ResNetSpec.wide(10, 2).withWidth(WIDTH).withBlockDropout(0.3), spec.withBlockDropout(0.3))) {
            assertThatThrownBy(() -> read(ResNetGraph.configuration(dropped, new Sgd(0.1), 1), dropped))
                    .isInstanceOf(UnsupportedNetworkException.class)
                    .hasMessageMatching("stage1\\.block1\\.dropout\\d \\(DropoutVertex\\) has no operation");
        }
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("stage1.block1.conv1", layer -> layer.setIDropout(new Dropout(0.5))),
                change(
                        "stage1.block1.conv1",
                        layer -> ((ConvolutionLayer) layer).setActivationFn(new ActivationTanH())),
                change("stage1.block1.conv2", layer -> ((ConvolutionLayer) layer).setWeightNoise(new DropConnect(0.5))),
                change("stage1.block1.bn1", layer -> ((BatchNormalization) layer).setUseLogStd(true)),
                change(
                        "stage1.block1.relu1",
                        layer -> ((ActivationLayer) layer).setActivationFn(new ActivationLReLU())),
                change("stem.pool", layer -> ((SubsamplingLayer) layer).setPoolingType(PoolingType.PNORM)));
    }

    private static Arguments change(String vertex, Consumer<Layer> change) {
        return Arguments.of(vertex, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void a_layer_that_does_more_is_refused_by_its_name(String vertex, Consumer<Layer> change) {
        ResNetSpec spec = ResNetSpec.resNet(18, Flavour.BOOK).withWidth(WIDTH).withInput(new ImageShape(1, 28, 28));
        ComputationGraphConfiguration graph = ResNetGraph.configuration(spec, new Sgd(0.1), 1);
        change.accept(
                ((LayerVertex) graph.getVertices().get(vertex)).getLayerConf().getLayer());

        assertThatThrownBy(() -> read(graph, spec))
                .isInstanceOf(UnsupportedNetworkException.class)
                .hasMessage(vertex + " (LayerVertex) has no operation");
    }

    @Test
    void another_loss_is_refused() {
        ResNetSpec spec = ResNetSpec.resNet(18, Flavour.BOOK).withWidth(WIDTH).withInput(new ImageShape(1, 28, 28));
        ComputationGraphConfiguration graph = ResNetGraph.configuration(spec, new Sgd(0.1), 1);
        String output = graph.getNetworkOutputs().get(0);
        ((LossLayer) ((LayerVertex) graph.getVertices().get(output))
                        .getLayerConf()
                        .getLayer())
                .setLossFn(new LossMSE());

        assertThatThrownBy(() -> read(graph, spec))
                .isInstanceOf(UnsupportedNetworkException.class)
                .hasMessage(output + " is not the softmax cross entropy of a loss layer");
    }
}
