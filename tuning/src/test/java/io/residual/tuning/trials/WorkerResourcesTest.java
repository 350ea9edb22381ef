package io.residual.tuning.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WorkerResourcesTest {
    private static final long GIB = 1L << 30;

    @Test
    void workers_share_cores_and_four_fifths_of_the_memory() {
        assertThat(WorkerResources.of(3, 8, 15 * GIB)).isEqualTo(new WorkerResources(2, GIB, 3 * GIB));
    }

    @Test
    void a_large_machine_leaves_the_memory_to_the_arrays() {
        assertThat(WorkerResources.of(1, 16, 100 * GIB).heapBytes()).isEqualTo(2 * GIB);
        assertThat(WorkerResources.of(1, 16, 100 * GIB).offHeapBytes()).isEqualTo(78 * GIB);
    }

    @Test
    void more_workers_than_the_machine_can_feed_are_refused() {
        assertThatThrownBy(() -> WorkerResources.of(3, 2, 16 * GIB))
                .hasMessage("3 workers are too many for 2 cores and 16384 MiB of memory: a worker needs a core and 512"
                        + " MiB");
        assertThatThrownBy(() -> WorkerResources.of(2, 2, GIB))
                .hasMessageContaining("2 workers are too many for 2 cores and 1024 MiB");
    }
}
