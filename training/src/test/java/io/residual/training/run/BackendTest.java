package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.cuda.nvidia.Card;
import io.residual.training.network.KernelChoice;
import java.util.List;
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
        assertThatThrownBy(() -> Backend.current(Optional.of("nd4j-cuda"), () -> cpu))
                .isInstanceOf(ResidualException.class)
                .hasMessage("the backend nd4j-cuda was asked for, but CPU is on the class path: build with -Pnd4j-cuda")
                .extracting(e -> ((ResidualException) e).kind())
                .isEqualTo(Kind.NO_BACKEND);
        assertThat(Backend.current(Optional.of("cpu"), () -> cpu)).isEqualTo(cpu);
        assertThat(Backend.current(Optional.empty(), () -> cpu)).isEqualTo(cpu);
    }

    @Test
    void cuda_without_a_driver_names_what_it_needs() {
        assertThatThrownBy(() -> Backend.current(Optional.of("nd4j-cuda"), () -> {
                    throw new ExceptionInInitializerError(new UnsatisfiedLinkError("libcuda.so.1: not found"));
                }))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith("ND4J's CUDA backend cannot be loaded (java.lang.UnsatisfiedLinkError:"
                        + " libcuda.so.1: not found): it needs an NVIDIA GPU");
    }

    @Test
    void a_gpu_that_nd4j_has_no_code_for_is_named_with_the_way_out() {
        Card ada = new Card(0, "NVIDIA L4", 89, 58, 24L << 30);
        Card hopper = new Card(1, "NVIDIA H100", 90, 132, 80L << 30);

        assertThatCode(() -> Backend.requireKnown(List.of())).doesNotThrowAnyException();
        assertThatCode(() -> Backend.requireKnown(List.of(ada))).doesNotThrowAnyException();
        assertThatThrownBy(() -> Backend.requireKnown(List.of(ada, hopper)))
                .hasMessage("NVIDIA H100 (cuda:1) has compute capability 9.0, ND4J's CUDA backend knows 3.7 to 8.9:"
                        + " train with --device cuda, without -Pnd4j-cuda and RESIDUAL_BACKEND")
                .extracting(e -> ((ResidualException) e).kind())
                .isEqualTo(Kind.NO_BACKEND);
    }

    @Test
    void what_is_read_while_the_backend_loads_comes_back_and_so_does_its_error() {
        ResidualException missing = new ResidualException(Kind.BAD_DATA, "images: no such folder");

        assertThat(Backend.requireWhile(
                        KernelChoice.STOCK, () -> Thread.currentThread().getName()))
                .isEqualTo("residual-read");
        assertThatThrownBy(() -> Backend.requireWhile(KernelChoice.STOCK, () -> {
                    throw missing;
                }))
                .isSameAs(missing);
    }
}
