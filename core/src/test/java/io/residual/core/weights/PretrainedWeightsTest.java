package io.residual.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.graph.ResNetGraph;
import io.residual.core.safetensors.SafetensorsException;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** Files as PyTorch's networks are saved, and the logits that they give; made by parity/generate_family.py. */
class PretrainedWeightsTest {
    private static final double BOUND = 1e-5;

    private final ResNetSpec spec =
            ResNetSpec.resNet(18, Flavour.TORCHVISION).withWidth(4).withInput(new ImageShape(3, 40, 40));
    private final Fixture weights = Fixture.read("pretrained18");
    private final Fixture expected = Fixture.read("pretrained18-logits");

    @Test
    void a_torchvision_network_gives_the_same_logits() throws Exception {
        ComputationGraph graph = graph(spec);
        PretrainedWeights.Outcome outcome =
                PretrainedWeights.load(weights.file(), graph, spec, ModuleNaming.TORCHVISION);

        assertThat(outcome.notLoaded()).isEmpty();
        assertThat(outcome.loaded()).isEqualTo(102);
        assertThat(Fixture.error(logits(graph, expected.array("input")), expected.array("logits")))
                .isLessThan(BOUND);
    }

    @Test
    void for_grey_images_the_first_convolution_is_summed_over_the_colours() throws Exception {
        ResNetSpec grey = spec.withInput(new ImageShape(1, 40, 40));
        ComputationGraph graph = graph(grey);
        PretrainedWeights.load(weights.file(), graph, grey, ModuleNaming.TORCHVISION);

        assertThat(Fixture.error(logits(graph, expected.array("grey")), expected.array("grey/logits")))
                .isLessThan(BOUND);
    }

    @Test
    void a_classifier_of_other_classes_stays_new_and_all_else_is_taken() throws Exception {
        ResNetSpec seven = spec.withClasses(7);
        ComputationGraph graph = graph(seven);
        INDArray classifier = graph.getParam("fc_W").dup();
        ComputationGraph ten = graph(spec);
        PretrainedWeights.load(weights.file(), ten, spec, ModuleNaming.TORCHVISION);

        assertThat(PretrainedWeights.load(weights.file(), graph, seven, ModuleNaming.TORCHVISION)
                        .notLoaded())
                .containsExactly("fc.weight", "fc.bias");
        assertThat(graph.getParam("fc_W")).isEqualTo(classifier);
        INDArray images = expected.array("input");
        assertThat(graph.feedForward(images, false).get("pool"))
                .isEqualTo(ten.feedForward(images, false).get("pool"));
    }

    @Test
    void the_names_of_common_networks_for_cifar_are_understood() throws Exception {
        Fixture logits = Fixture.read("pretrained-cifar14-logits");
        ResNetSpec cifar =
                ResNetSpec.cifar(14, Flavour.TORCHVISION).withWidth(4).withInput(new ImageShape(1, 40, 40));
        ComputationGraph graph = graph(cifar);
        PretrainedWeights.load(Fixture.read("pretrained-cifar14").file(), graph, cifar, ModuleNaming.TORCHVISION);

        assertThat(Fixture.error(logits(graph, logits.array("input")), logits.array("logits")))
                .isLessThan(BOUND);
    }

    /** akamaster's networks put half of option A's zeros in front. */
    @Test
    void weights_of_a_network_that_is_padded_on_both_sides_give_the_same_logits() throws Exception {
        Fixture logits = Fixture.read("pretrained-cifar14-a-logits");
        ResNetSpec cifar = ResNetSpec.cifar(14, Flavour.CIFAR).withWidth(4).withInput(new ImageShape(1, 40, 40));
        ComputationGraph graph = graph(cifar);
        PretrainedWeights.Outcome outcome = PretrainedWeights.load(
                Fixture.read("pretrained-cifar14-a").file(), graph, cifar, ModuleNaming.TORCHVISION);

        assertThat(outcome.notLoaded()).isEmpty();
        assertThat(Fixture.error(logits(graph, logits.array("input")), logits.array("logits")))
                .isLessThan(BOUND);
    }

    @Test
    void a_file_of_another_network_is_refused_and_changes_nothing() {
        ResNetSpec deeper =
                ResNetSpec.resNet(34, Flavour.TORCHVISION).withWidth(4).withInput(new ImageShape(3, 40, 40));
        ComputationGraph graph = graph(deeper);
        INDArray before = graph.params().dup();

        assertThatThrownBy(() -> PretrainedWeights.load(weights.file(), graph, deeper, ModuleNaming.TORCHVISION))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining("layer1.2.conv1.weight");
        assertThatThrownBy(() -> {
                    ResNetSpec wider = spec.withWidth(8);
                    PretrainedWeights.load(weights.file(), graph(wider), wider, ModuleNaming.TORCHVISION);
                })
                .hasMessageContaining("conv1.weight");
        assertThatThrownBy(() -> {
                    ResNetSpec shallower = spec.plainTwin();
                    PretrainedWeights.load(weights.file(), graph(shallower), shallower, ModuleNaming.TORCHVISION);
                })
                .hasMessageContaining("15 tensors are unexpected: layer2.0.downsample.0.weight, ");
        assertThat(graph.params()).isEqualTo(before);
    }

    private static INDArray logits(ComputationGraph graph, INDArray images) {
        return graph.feedForward(images, false).get("fc");
    }

    private static ComputationGraph graph(ResNetSpec spec) {
        ComputationGraph graph = new ComputationGraph(ResNetGraph.configuration(spec, new Sgd(0.05), 1));
        graph.init();
        return graph;
    }
}
