package io.residual.benchmark.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Program.JavaProgram;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContestantsTest {
    private static final List<Contestant> ALL =
            new Contestants(3, Path.of("/work-folder"), Path.of("/nowhere/python3")).contestants();

    @Test
    void names_are_unique() {
        assertThat(ALL).extracting(Contestant::name).doesNotHaveDuplicates().contains("residual", "stock", "djl");
    }

    @Test
    void every_program_gets_as_many_threads_as_there_are_cores() {
        assertThat(ALL).allSatisfy(c -> assertThat(c.environment()).containsEntry("OMP_NUM_THREADS", "3"));
    }

    @Test
    void a_missing_interpreter_is_reported_with_a_hint() {
        assertThat(contestant("pytorch").missing())
                .isEqualTo("there is no interpreter at /nowhere/python3: install python3-torch, or choose another"
                        + " interpreter");
        assertThat(contestant("stock").missing()).isNull();
    }

    @Test
    void dl4j_djl_and_pytorch_in_java_never_share_a_process() {
        for (Contestant contestant : ALL) {
            if (contestant.program() instanceof JavaProgram program) {
                boolean isPyTorch = contestant.family() == Family.PYTORCH;
                boolean isDjl = contestant.name().startsWith("djl");
                assertThat(program.classPath().contains("/ai/djl/")).isEqualTo(isDjl);
                assertThat(program.classPath().contains("/org/nd4j/")).isEqualTo(!isPyTorch);
                assertThat(program.classPath().contains("/org/bytedeco/dnnl/")).isEqualTo(!isPyTorch);
            }
        }
    }

    @Test
    void each_contestant_has_a_precision_and_who_reads_onnx_does_not_train() {
        assertThat(contestant("residual").precision()).isEqualTo(Precision.F32);
        assertThat(ALL)
                .filteredOn(c -> c.precision() == Precision.BF16)
                .extracting(Contestant::name)
                .allMatch(name -> name.contains("bf16"))
                .contains("residual-bf16", "pytorch-bf16-malloc", "pytorch-java-bf16-malloc");
        assertThat(ALL)
                .filteredOn(c -> c.precision() == Precision.INT8)
                .extracting(Contestant::name)
                .containsExactly("residual-int8", "onnxruntime-int8");
        for (String name : new String[] {"onnxruntime", "onnxruntime-int8", "residual-int8"}) {
            assertThat(contestant(name).tasks()).containsExactlyInAnyOrder(Task.INFER, Task.CHECK);
        }
    }

    /** Those that are compared come next to each other, so that a machine that drifts changes both. */
    @Test
    void this_project_stands_beside_the_fastest_of_the_others() {
        List<String> names = ALL.stream().map(Contestant::name).toList();
        int own = names.indexOf("residual");
        assertThat(names.subList(own - 2, own + 3))
                .containsExactly(
                        "pytorch-last-malloc",
                        "pytorch-frozen-malloc",
                        "residual",
                        "pytorch-java-malloc",
                        "onnxruntime");
        assertThat(names.indexOf("residual-bf16"))
                .isBetween(names.indexOf("pytorch-bf16-malloc"), names.indexOf("pytorch-java-bf16-malloc"));
    }

    @Test
    void class_paths_are_filtered_by_the_group_and_made_absolute() {
        String given = String.join(
                File.pathSeparator,
                "target/classes",
                "/r/ai/djl/api/1/api-1.jar",
                "/r/org/nd4j/x/1/x-1.jar",
                "/r/a/djl.jar");
        String here = Path.of("target/classes").toAbsolutePath().toString();
        assertThat(Contestants.withoutDjl(given).split(File.pathSeparator))
                .containsExactly(here, "/r/org/nd4j/x/1/x-1.jar", "/r/a/djl.jar");
        assertThat(Contestants.withoutDl4j(given).split(File.pathSeparator))
                .containsExactly(here, "/r/ai/djl/api/1/api-1.jar", "/r/a/djl.jar");
    }

    @Test
    void a_frozen_network_does_not_train() {
        assertThat(contestant("pytorch-frozen-malloc").tasks()).containsExactlyInAnyOrder(Task.INFER, Task.CHECK);
    }

    @Test
    void settings_read_like_a_shell_line_without_the_folder_of_djl() {
        assertThat(contestant("djl").settings())
                .isEqualTo("OMP_NUM_THREADS=3 OPT_OUT_TRACKING=true java -Xmx2g -Dai.djl.offline=true");
    }

    private static Contestant contestant(String name) {
        return ALL.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    }
}
