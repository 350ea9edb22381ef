package io.residual.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.cuda.device.CapturedGraph;
import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.CudaException.Kind;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.Kernel;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import io.residual.program.Window.Axis;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuTest {
    private static final String SOURCE = "extern \"C\" __global__ void add";

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void compileLibraries() throws IOException, InterruptedException {
        new FakeLibraries(shared.resolve("toolkit")).toolkit();
        new FakeLibraries(shared.resolve("driver")).compiled("libcuda.c", "libcuda.so.1");
    }

    private static ByteBuffer floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 * values.length).order(ByteOrder.nativeOrder());
        buffer.asFloatBuffer().put(values);
        return buffer;
    }

    private static ConvolutionShape shape() {
        return shape(4);
    }

    private static ConvolutionShape shape(int images) {
        Window window = new Window(new Axis(3, 2, 1, 1, 1), new Axis(3, 1, 1, 1, 1));
        return new ConvolutionShape(images, new Value("", 8, 9, 7), new Value("", 16, 5, 7), window);
    }

    private static void fails(Kind kind, ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CudaException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind))
                .hasMessageContainingAll(parts);
    }

    private Gpu gpu(String... definitions) throws IOException, InterruptedException {
        Path driver = shared.resolve("driver");
        if (definitions.length > 0) {
            driver = folder.resolve("driver");
            new FakeLibraries(driver).compiled("libcuda.c", "libcuda.so.1", definitions);
        }
        Places places =
                new Places(Map.of(Places.VARIABLE, driver + ":" + shared.resolve("toolkit")), folder.resolve("root"));
        return Gpu.open(0, folder.resolve("cache"), Determinism.DETERMINISTIC, places);
    }

    private void opens(Kind kind, String definition, String... parts) throws IOException, InterruptedException {
        Places places = new FakeLibraries(folder)
                .compiled("libcuda.c", "libcuda.so.1", definition)
                .places();
        fails(kind, () -> Gpu.open(0, folder, Determinism.ANY, places), parts);
    }

    @Test
    void a_gpu_is_named_and_counted() throws IOException, InterruptedException {
        try (Gpu gpu = gpu()) {
            assertThat(gpu.name()).isEqualTo("Fake GPU");
            assertThat(gpu.multiprocessors()).isEqualTo(132);
            assertThat(gpu.freeBytes()).isEqualTo(1L << 29);
            assertThat(gpu.libraries()).contains("NVRTC 13.0", "cuDNN 9.19.0 for CUDA 13", "libcudnn.so.9");
        }
    }

    @Test
    void a_machine_without_driver_and_one_without_gpu_are_told_apart() throws IOException, InterruptedException {
        Places nothing = new FakeLibraries(folder).places();
        fails(Kind.NO_DRIVER, () -> Gpu.open(0, folder, Determinism.ANY, nothing), "libcuda.so.1", "Install");
        opens(Kind.NO_GPU, "INIT=100", "cuInit: CUDA_ERROR_NO_DEVICE (100, no CUDA-capable device)", "nvidia-smi");
    }

    @Test
    void a_driver_of_another_version_than_its_module_is_old() throws IOException, InterruptedException {
        opens(Kind.OLD_DRIVER, "INIT=803", "803", "restart");
    }

    @Test
    void a_driver_before_cuda_12_is_old() throws IOException, InterruptedException {
        opens(Kind.OLD_DRIVER, "VERSION=11080", "CUDA 11.8", "525");
    }

    @Test
    void a_driver_without_gpus_says_so() throws IOException, InterruptedException {
        opens(Kind.NO_GPU, "COUNT=0", "cuda:0", "sees none");
    }

    @Test
    void a_gpu_before_turing_is_old() throws IOException, InterruptedException {
        opens(Kind.OLD_GPU, "CAPABILITY=70", "Fake GPU (cuda:0)", "7.0", "7.5");
    }

    @Test
    void missing_libraries_do_not_hide_the_gpus() {
        Places places = new FakeLibraries(shared.resolve("driver")).places();
        Installation installation = Installation.find(places);
        assertThat(installation.cuda()).isEqualTo("13.0");
        assertThat(installation.cards()).containsExactly(new Card(0, "Fake GPU", 90, 132, 1L << 30));
        assertThat(Installation.findCards(places)).isEqualTo(installation.cards());
        assertThat(installation.complete()).isFalse();
        assertThat(installation.libraries()).contains("libnvrtc.so.13", "pip install nvidia-cudnn-cu13");
    }

    @Test
    void memory_is_zero_and_keeps_what_is_copied() throws IOException, InterruptedException {
        try (Gpu gpu = gpu()) {
            long address = gpu.allocate(16);
            ByteBuffer back = floats(9, 9, 9, 9);
            gpu.download(address, back);
            assertThat(back).isEqualTo(floats(0, 0, 0, 0));
            ByteBuffer from = floats(1, 2, 3, 4);
            from.position(4).limit(12);
            gpu.upload(from, address);
            assertThat(from.position()).isEqualTo(4);
            gpu.copy(address, address + 8, 4);
            back.position(4);
            gpu.download(address, back.slice());
            assertThat(back.rewind()).isEqualTo(floats(0, 2, 3, 2));
            gpu.clear(address, 4);
            gpu.download(address, back);
            assertThat(back).isEqualTo(floats(0, 3, 2, 0));
            gpu.free(address);
        }
    }

    @Test
    void more_than_the_staging_area_is_copied() throws IOException, InterruptedException {
        try (Gpu gpu = gpu()) {
            ByteBuffer large = ByteBuffer.allocateDirect((11 << 20) + 5);
            for (int i = 0; i < large.capacity(); i++) {
                large.put(i, (byte) (i * 31 + i / 4099));
            }
            long address = gpu.allocate(large.capacity());
            gpu.upload(large, address);
            ByteBuffer back = ByteBuffer.allocateDirect(large.capacity());
            gpu.download(address, back);
            assertThat(back).isEqualTo(large);
        }
    }

    @Test
    void short_memory_is_told_with_what_is_needed_and_free() throws IOException, InterruptedException {
        try (Gpu gpu = gpu()) {
            fails(Kind.OUT_OF_MEMORY, () -> gpu.allocate(600L << 20), "600 MiB", "512 MiB of its 1024 MiB are free");
        }
    }

    @Test
    void a_kernel_gets_its_arguments_also_when_recorded() throws IOException, InterruptedException {
        try (Gpu gpu = gpu()) {
            Kernel add = gpu.compile(SOURCE).get("add");
            long a = gpu.allocate(12);
            gpu.upload(floats(1, 2, 3), a);
            try (CapturedGraph graph = gpu.capture(() -> {
                gpu.beginSide();
                add.launch(1, 1, 1, a + 4, a + 8, a + 4, 1f, 1);
                gpu.endSide();
                add.launch(1, 1, 1, a, a + 8, a, 1f, 1);
                gpu.joinSide();
                gpu.joinSide();
                add.launch(1, 1, 1, a, a + 4, a, 1f, 1);
            })) {
                graph.launch();
                graph.launch();
            }
            ByteBuffer back = floats(0, 0, 0);
            gpu.download(a, back);
            assertThat(back).isEqualTo(floats(20, 8, 3));
        }
    }

    @Test
    void a_failed_recording_leaves_the_gpu_usable() throws IOException, InterruptedException {
        try (Gpu gpu = gpu()) {
            assertThatThrownBy(() -> gpu.capture(() -> gpu.allocate(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("allocate cannot be recorded");
            gpu.capture(() -> {}).close();
            gpu.synchronize();
        }
    }

    @Test
    void an_error_of_the_compiler_carries_its_messages() throws IOException, InterruptedException {
        try (Gpu gpu = gpu()) {
            fails(
                    Kind.FAILED,
                    () -> gpu.compile("#error").get("add"),
                    "NVRTC_ERROR_COMPILATION",
                    "line 1: it is bad",
                    "sm_90");
            assertThatThrownBy(() -> gpu.compile(SOURCE).get("subtract"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("subtract");
        }
    }

    @Test
    void a_damaged_cache_is_compiled_anew() throws IOException, InterruptedException {
        try (Gpu gpu = gpu()) {
            gpu.compile(SOURCE).get("add");
        }
        Path file = only(".cubin");
        assertThat(file).hasContent("compiled --gpu-architecture=sm_90 " + SOURCE);
        Files.writeString(file, "damaged");
        try (Gpu gpu = gpu()) {
            gpu.compile(SOURCE).get("add");
            assertThat(file).hasContent("compiled --gpu-architecture=sm_90 " + SOURCE);
        }
    }

    @Test
    void an_unknown_newer_gpu_gets_intermediate_code() throws IOException, InterruptedException {
        try (Gpu gpu = gpu("CAPABILITY=120")) {
            gpu.compile(SOURCE).get("add");
            assertThat(Files.readAllBytes(only(".cubin")))
                    .isEqualTo(("compiled --gpu-architecture=compute_90 " + SOURCE + "\0")
                            .getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void exact_convolutions_take_no_engine_that_rounds_or_varies() throws IOException, InterruptedException {
        try (Gpu gpu = gpu()) {
            assertThat(gpu.engine(shape(), Pass.FORWARD, Format.F32))
                    .startsWith("engine 3 5=9 notes [] workspace 4096");
            assertThat(gpu.engine(shape(), Pass.FORWARD, Format.TF32)).startsWith("engine 1 notes [0]");
            assertThat(gpu.engine(shape(), Pass.BACKWARD_WEIGHTS, Format.BF16)).startsWith("engine 1 notes [0]");
            long y = gpu.allocate(1 << 20);
            gpu.convolution(shape(), Pass.FORWARD, Format.F32).run(y + (1 << 18), y + (1 << 19), y);
            ByteBuffer back = floats(0, 0);
            gpu.download(y, back);
            assertThat(back).isEqualTo(floats(3, 1));
        }
    }

    @Test
    void the_choice_of_an_engine_is_kept_and_damage_to_it_harmless() throws IOException, InterruptedException {
        try (Gpu gpu = gpu()) {
            gpu.engine(shape(), Pass.FORWARD, Format.TF32);
        }
        Path file = only(".convolution");
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).last().isEqualTo("engine 1");
        assertThat(lines).contains("Fake GPU 132", "cuDNN 91900", "FORWARD", "TF32", "DETERMINISTIC");
        Files.writeString(file, Files.readString(file).replaceFirst("engine 1\n$", "engine 3 5=9\n"));
        try (Gpu gpu = gpu()) {
            assertThat(gpu.engine(shape(), Pass.FORWARD, Format.TF32)).startsWith("engine 3 5=9");
        }
        Files.write(file, new byte[] {-1, 0, 3});
        try (Gpu gpu = gpu()) {
            assertThat(gpu.engine(shape(), Pass.FORWARD, Format.TF32)).startsWith("engine 1");
        }
    }

    @Test
    void a_smaller_batch_takes_what_was_chosen_for_a_larger_one() throws IOException, InterruptedException {
        try (Gpu gpu = gpu()) {
            gpu.engine(shape(4), Pass.FORWARD, Format.TF32);
        }
        Path file = only(".convolution");
        Files.writeString(file, Files.readString(file).replaceFirst("engine 1\n$", "engine 3 5=9\n"));
        try (Gpu gpu = gpu()) {
            assertThat(gpu.engine(shape(4), Pass.FORWARD, Format.TF32)).startsWith("engine 3 5=9");
            assertThat(gpu.engine(shape(3), Pass.FORWARD, Format.TF32)).startsWith("engine 3 5=9");
            assertThat(gpu.engine(shape(5), Pass.FORWARD, Format.TF32)).startsWith("engine 1");
        }
        try (Gpu gpu = gpu()) {
            assertThat(gpu.engine(shape(3), Pass.FORWARD, Format.TF32)).startsWith("engine 3 5=9");
        }
    }

    @Test
    void an_own_convolution_that_is_the_fastest_is_kept() throws IOException, InterruptedException {
        Value image = new Value("", 16, 28, 28);
        Axis axis = new Axis(3, 1, 1, 1, 1);
        ConvolutionShape few = new ConvolutionShape(128, image, image, new Window(axis, axis));
        String own = "own 1 stack 4 groups 7 images 1 tiles 2 parts 1 turns 1";
        try (Gpu gpu = gpu()) {
            assertThat(gpu.engine(few, Pass.FORWARD, Format.BF16)).startsWith(own);
        }
        assertThat(Files.readAllLines(only(".convolution"))).last().isEqualTo(own);
        try (Gpu gpu = gpu()) {
            assertThat(gpu.engine(few, Pass.FORWARD, Format.BF16)).startsWith(own);
            assertThat(gpu.engine(few, Pass.FORWARD, Format.TF32)).startsWith("engine 1");
        }
        try (Gpu gpu = gpu("CAPABILITY=75")) {
            assertThat(gpu.engine(few, Pass.FORWARD, Format.BF16)).startsWith("engine 1");
        }
    }

    private Path only(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(suffix)).toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }
}
