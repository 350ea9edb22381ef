package io.residual.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.StochasticDepth;
import io.residual.onednn.OneDnn;
import io.residual.program.Program;
import io.residual.program.ProgramReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

class FrozenStagesTest {
    private static final FrozenStages PART = new FrozenStages(1);
    private final DataSet data =
            new DataSet(Nd4j.rand(6, 1, 28, 28), Nd4j.eye(10).getRows(1, 2, 5, 7, 0, 3));

    static List<ResNetSpec> networks() {
        return List.of(
                ResNetSpec.cifar(14, Flavour.CIFAR).withWidth(4),
                ResNetSpec.preActivation(20)
                        .withWidth(4)
                        .withStochasticDepth(new StochasticDepth(0.3, StochasticDepth.Mode.ROW)),
                ResNetSpec.resNet(18, Flavour.TORCHVISION).withWidth(4).withInput(new ImageShape(1, 28, 28)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void training_leaves_its_parameters_and_statistics_and_changes_all_others(ResNetSpec spec) {
        ComputationGraph graph = graph(PART.freeze(configuration(spec)));
        Map<String, INDArray> before = copies(graph);
        graph.fit(data);
        graph.fit(data);

        List<String> unchanged = new ArrayList<>();
        graph.paramTable().forEach((name, values) -> {
            if (values.equals(before.get(name))) {
                unchanged.add(name);
            }
        });
        assertThat(unchanged)
                .containsExactlyInAnyOrderElementsOf(
                        before.keySet().stream().filter(PART::contains).toList())
                .contains("stage1.block2.bn1_mean");
    }

    @Test
    void its_batch_norms_use_their_running_statistics_in_training() {
        ComputationGraph graph = graph(PART.freeze(configuration(networks().get(0))));
        INDArray images = data.getFeatures();

        assertThat(graph.feedForward(images, true).get("stage1.block2.relu2"))
                .isEqualTo(graph.feedForward(images, false).get("stage1.block2.relu2"));
    }

    @ParameterizedTest
    @MethodSource("networks")
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void on_onednn_it_is_trained_and_predicts_as_on_stock_layers(ResNetSpec spec) throws Exception {
        ComputationGraph stock = graph(PART.freeze(configuration(spec)));
        ComputationGraph fast =
                graph(PART.freeze(OneDnn.accelerate(configuration(spec), PyTorchBatchNorm.class::isInstance)));
        OneDnn.copyParameters(stock, fast);
        stock.fit(data);
        fast.fit(data);

        // Nothing is dropped in inference.
        Program program = ProgramReader.read(
                configuration(spec.withStochasticDepth(StochasticDepth.NONE)),
                InputType.convolutional(
                        spec.input().height(),
                        spec.input().width(),
                        spec.input().channels()),
                PyTorchBatchNorm.class::isInstance);
        stock.paramTable()
                .forEach((name, values) -> assertThat(
                                fast.getParam(name).sub(values).amaxNumber().doubleValue())
                        .as(name)
                        .isCloseTo(0, within(1e-3)));
        assertThat(OneDnn.inference(program, fast)
                        .output(data.getFeatures())
                        .sub(fast.outputSingle(data.getFeatures()))
                        .amaxNumber()
                        .doubleValue())
                .isCloseTo(0, within(1e-5));
    }

    @Test
    void a_part_is_told_by_whole_names() {
        assertThat(new FrozenStages(1).contains("stage1.block1.conv1")).isTrue();
        assertThat(new FrozenStages(1).contains("stage10.block1.conv1")).isFalse();
        assertThat(new FrozenStages(0).contains("stem.bn")).isTrue();
        assertThat(new FrozenStages(0).contains("stage1.block1.conv1")).isFalse();
        assertThatThrownBy(() -> new FrozenStages(-1)).hasMessage("frozen stages must be at least 0, got -1");
    }

    private static Map<String, INDArray> copies(ComputationGraph graph) {
        Map<String, INDArray> copies = new HashMap<>();
        graph.paramTable().forEach((name, values) -> copies.put(name, values.dup()));
        return copies;
    }

    private static ComputationGraphConfiguration configuration(ResNetSpec spec) {
        return ResNetGraph.configuration(spec, new Nesterovs(0.05, 0.9), 1);
    }

    private static ComputationGraph graph(ComputationGraphConfiguration configuration) {
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return graph;
    }
}
