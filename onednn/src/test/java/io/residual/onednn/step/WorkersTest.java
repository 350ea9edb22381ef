package io.residual.onednn.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.NativeLibrary;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private final NativeLibrary openMp = NativeLibrary.getInstance(Loader.load(dnnl.class));

    private int threads() {
        return openMp.getFunction("omp_get_max_threads").invokeInt(new Object[] {});
    }

    @Test
    void kernels_of_a_task_that_runs_alone_have_one_thread_and_then_as_many_as_before() {
        int before = threads();
        openMp.getFunction("omp_set_num_threads").invokeVoid(new Object[] {3});
        try {
            List<Integer> within = new ArrayList<>();
            Workers.alone(() -> within.add(threads()));
            assertThat(within).containsExactly(1);
            assertThat(threads()).isEqualTo(3);

            assertThatThrownBy(() -> Workers.alone(() -> {
                        throw new IllegalStateException("it fails");
                    }))
                    .hasMessage("it fails");
            assertThat(threads()).isEqualTo(3);
        } finally {
            openMp.getFunction("omp_set_num_threads").invokeVoid(new Object[] {before});
        }
    }
}
