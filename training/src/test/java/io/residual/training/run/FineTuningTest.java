package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.graph.FrozenStages;
import io.residual.data.Batch;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.optim.LabelWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs that start from a file of weights of a ResNet-14 for 10 classes. */
@Tag("slow")
class FineTuningTest {
    @TempDir
    private Path directory;

    private Path file = Path.of("");

    @BeforeEach
    void keep_the_weights_of_another_run() throws IOException {
        file = directory.resolve("other.safetensors");
        begin(spec(Map.of("seed", "3")), 10).writer(Map.of()).write(file);
    }

    @Test
    void a_run_begins_with_the_weights_of_the_file_and_a_new_classifier() {
        Network other = begin(spec(Map.of("seed", "3")), 10);
        Network tuned = begin(spec(Map.of("startFrom", file.toString())), 7);

        assertThat(tuned.graph().getParam("stage3.block2.conv1_W"))
                .isEqualTo(other.graph().getParam("stage3.block2.conv1_W"));
        assertThat(tuned.graph().getParam("fc_W").shape()).containsExactly(16, 7);
    }

    @Test
    void what_is_frozen_keeps_the_weights_of_the_file() {
        TrainingSpec spec = spec(Map.of("startFrom", file.toString(), "freezeUpTo", "stage2"));
        Network tuned = begin(spec, 10);
        Map<String, INDArray> before = new HashMap<>();
        tuned.graph().paramTable().forEach((name, values) -> before.put(name, values.dup()));
        new GraphExecutor(tuned, spec, LabelWeights.equal(10), 1)
                .step(new Batch(Nd4j.rand(5, 1, 28, 28), 1, 2, 5, 7, 0), 0, 0);

        FrozenStages frozen = new FrozenStages(2);
        before.forEach((name, values) ->
                assertThat(tuned.graph().getParam(name).equals(values)).as(name).isEqualTo(frozen.contains(name)));
    }

    @Test
    void a_file_that_is_not_there_is_told() {
        assertThatThrownBy(() -> begin(spec(Map.of("startFrom", "gone.safetensors")), 10))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA))
                .hasMessage("startFrom: gone.safetensors does not exist or cannot be read: name another file");
    }

    @Test
    void a_file_of_another_network_is_told_with_what_must_agree() {
        assertThatThrownBy(() -> begin(spec(Map.of("startFrom", file.toString(), "depth", "20")), 10))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith("startFrom: " + file)
                .hasMessageContaining("layer1.2.conv1.weight")
                .hasMessageEndingWith("family, depth, flavour and width must be those of the file's network");
    }

    private static Network begin(TrainingSpec spec, int classes) {
        ResNetSpec network = spec.resNet(1, classes);
        return ModelFiles.untrained(spec, network, KernelChoice.AUTO.resolve(), line -> {});
    }

    private static TrainingSpec spec(Map<String, String> changes) {
        Map<String, String> values =
                new HashMap<>(Map.of("family", "cifar", "flavour", "torchvision", "depth", "14", "width", "4"));
        values.putAll(changes);
        return Preset.resolve("quick", values).spec();
    }
}
