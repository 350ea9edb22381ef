package io.residual.benchmark.rounds;

import static org.assertj.core.api.Assertions.assertThat;

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
    void dl4j_and_djl_never_share_a_process() {
        for (Contestant contestant : ALL) {
            if (contestant.program() instanceof JavaProgram program) {
                boolean isDjl = contestant.family() == Family.PYTORCH;
                assertThat(program.classPath().contains("/ai/djl/")).isEqualTo(isDjl);
                assertThat(program.classPath().contains("/org/nd4j/")).isEqualTo(!isDjl);
                assertThat(program.classPath().contains("/org/bytedeco/")).isEqualTo(!isDjl);
            }
        }
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
