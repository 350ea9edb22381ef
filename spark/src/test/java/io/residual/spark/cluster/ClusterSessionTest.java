package io.residual.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.commons.collections4.functors.ConstantFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class ClusterSessionTest {
    @TempDir
    private static Path temporary;

    private static ClusterSession session;

    @BeforeAll
    static void start() {
        session = LocalCluster.start();
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    @Test
    void tasks_run_in_executors_of_their_own() {
        assertThat(session.slots()).isEqualTo(2);

        Set<Long> processes = Set.copyOf(TaskErrors.translate(() -> session.context()
                .parallelize(List.of(1, 2), 2)
                .map(task -> ProcessHandle.current().pid())
                .collect()));

        assertThat(processes).doesNotContain(ProcessHandle.current().pid());
    }

    @Test
    void kernels_of_a_task_use_its_cores() {
        assertThat(TaskErrors.translate(() -> session.context()
                        .parallelize(List.of(1, 2), 2)
                        .map(task -> System.getenv("OMP_NUM_THREADS"))
                        .collect()))
                .containsOnly("1");
    }

    @Test
    void the_error_of_a_task_reaches_the_user_as_it_was_thrown() {
        assertThatThrownBy(() -> TaskErrors.translate(() -> session.context()
                        .parallelize(List.of(1), 1)
                        .map(ClusterSessionTest::missing)
                        .collect()))
                .isInstanceOfSatisfying(
                        ResidualException.class,
                        error -> assertThat(error.kind()).isEqualTo(Kind.BAD_DATA))
                .hasMessage("images: not there: mount them");
    }

    private static int missing(int task) {
        throw new ResidualException(Kind.BAD_DATA, "images: not there: mount them");
    }

    @Test
    void an_object_of_a_class_that_nobody_needs_is_not_read() {
        Serializable gadget = (Serializable) ConstantFactory.<Object>constantFactory("x");

        assertThatThrownBy(() -> TaskErrors.translate(() -> session.context()
                        .parallelize(List.of(1), 1)
                        .map(task -> gadget.toString())
                        .collect()))
                .isInstanceOf(ResidualException.class)
                .hasMessageContaining("filter status: REJECTED");
    }

    @Test
    void executors_see_the_files_of_shared_storage() throws Exception {
        SharedStorage storage =
                SharedStorage.of(session, temporary.resolve("shared").toString());
        storage.requireShared(session);
        storage.folder("a").put("first".getBytes(StandardCharsets.UTF_8), "b.txt");

        List<String> read = TaskErrors.translate(() -> session.context()
                .parallelize(List.of(1), 1)
                .map(task -> {
                    storage.put("second".getBytes(StandardCharsets.UTF_8), "a/b.txt");
                    return new String(storage.read("a/b.txt"), StandardCharsets.UTF_8);
                })
                .collect());

        assertThat(read).containsExactly("second");
        storage.get("a/b.txt", temporary.resolve("copies/b.txt"));
        assertThat(temporary.resolve("copies/b.txt")).hasContent("second");
        assertThat(storage.list("a")).extracting(SharedStorage.Entry::name).containsExactly("b.txt");
        assertThat(temporary.resolve("shared/a").toFile().list()).containsExactly("b.txt");
        storage.delete("a");
        assertThat(storage.list("a")).isEmpty();
    }

    @Test
    void a_master_that_is_not_there_is_named_at_once() {
        assertThatThrownBy(() -> ClusterSession.start(
                        LocalCluster.options("--spark", "spark://127.0.0.1:1"),
                        new ClusterSession.Settings("test", 1, 1)))
                .isInstanceOfSatisfying(
                        ResidualException.class,
                        error -> assertThat(error.kind()).isEqualTo(Kind.BAD_ADDRESS))
                .hasMessageContaining("the master spark://127.0.0.1:1 cannot be reached")
                .hasMessageContaining("start it, or correct the host and the port");
    }
}
