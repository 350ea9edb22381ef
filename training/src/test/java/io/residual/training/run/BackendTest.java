package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackendTest {
    private final Backend cpu =
            new Backend("CPU", "org.nd4j.linalg.cpu.nativecpu.CpuBackend", 2, "stock Deeplearning4j");

    @Test
    void the_backend_of_the_tests_is_loaded_and_named() {
        assertThat(Backend.current("stock Deeplearning4j").type()).endsWith("Backend");
    }

    @Test
    void a_build_for_cuda_that_finds_the_cpu_backend_says_how_to_build_it() {
        assertThatThrownBy(() -> Backend.current(Optional.of("cuda"), () -> cpu))
                .isInstanceOf(ResidualException.class)
                .hasMessage("the backend cuda was asked for, but CPU is on the class path: build with -Pcuda")
                .extracting(e -> ((ResidualException) e).kind())
                .isEqualTo(Kind.NO_BACKEND);
        assertThat(Backend.current(Optional.of("cpu"), () -> cpu)).isEqualTo(cpu);
        assertThat(Backend.current(Optional.empty(), () -> cpu)).isEqualTo(cpu);
    }

    @Test
    void cuda_without_a_driver_names_what_it_needs() {
        assertThatThrownBy(() -> Backend.current(Optional.of("cuda"), () -> {
                    throw new ExceptionInInitializerError(new UnsatisfiedLinkError("libcuda.so.1: not found"));
                }))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith("the CUDA backend cannot be loaded (java.lang.UnsatisfiedLinkError:"
                        + " libcuda.so.1: not found): it needs an NVIDIA GPU");
    }
}
