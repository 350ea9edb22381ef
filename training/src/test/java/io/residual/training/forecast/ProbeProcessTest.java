package io.residual.training.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.ImageShape;
import io.residual.data.ImageSet;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.RunDatasets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class ProbeProcessTest {
    private static final int CLASSES = 20;

    @ParameterizedTest
    @ValueSource(strings = {"inverse", "none"})
    void batches_of_fewer_images_than_there_are_classes_are_measured(String classWeights) {
        TrainingSpec spec = Preset.resolve("quick", Map.of("width", "2", "classWeights", classWeights))
                .spec();
        ImageSet train = images(3 * CLASSES);

        assertThat(ProbeProcess.measure(
                        spec, RunDatasets.of(train, images(CLASSES), "a test"), KernelChoice.AUTO.resolve(), 4))
                .hasValueSatisfying(point -> assertThat(point.batchSize()).isEqualTo(4));
    }

    @Test
    void an_agent_of_this_process_is_not_one_of_its_children() {
        assertThat(ChildJvm.inherited(List.of(
                        "-Xmx1g",
                        "-javaagent:jacoco.jar",
                        "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
                        "-agentpath:/opt/profiler.so",
                        "-Dname=-agentlib:")))
                .containsExactly("-Xmx1g", "-Dname=-agentlib:");
    }

    /** One of the first class, and as many of the others as there are. */
    private static ImageSet images(int count) {
        ImageShape shape = new ImageShape(1, 28, 28);
        return ImageSet.of(
                shape,
                IntStream.range(0, CLASSES).mapToObj(c -> "class " + c).toList(),
                new TreeMap<>(),
                new byte[count][Math.toIntExact(shape.values())],
                IntStream.range(0, count)
                        .map(i -> i < CLASSES ? i : 1 + i % (CLASSES - 1))
                        .toArray());
    }
}
