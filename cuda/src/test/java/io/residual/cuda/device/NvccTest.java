package io.residual.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class NvccTest {
    /** What is defined before a source that is one for many shapes. */
    private static final Map<String, String> DEFINITIONS = Map.of("images", """
        #define CHANNELS 3
        #define SOURCE_HEIGHT 40
        #define SOURCE_WIDTH 36
        #define HEIGHT 28
        #define WIDTH 24
        #define ROW_TAPS 3
        #define COLUMN_TAPS 5
        #define REFLECT 1
        #define RANDOM_FILL 1
        typedef unsigned short Out;
        """, "convolution", """
        #define CHANNELS 32
        #define OUTPUTS 32
        #define HEIGHT 14
        #define WIDTH 14
        #define GRADIENT 1
        #define STACK 3
        #define GROUPS 5
        #define IMAGES 1
        #define TILES 2
        #define PARTS 2
        #define SHARED_CHANNELS 32
        #define THREADS 320
        """);

    @Test
    void what_a_GPU_lacks_is_told() {
        assertThat(Nvcc.compile("extern \"C\" __global__ void f(int* x) { *x = __builtin_popcountg(*x); }"))
                .contains("source.cu(1)");
        assertThat(Nvcc.compile("extern \"C\" __global__ void f(int* x) { *x = __popc(*x); }"))
                .isEmpty();
    }

    @TestFactory
    List<DynamicTest> every_source_compiles() throws IOException {
        Path resources = Path.of("src", "main", "resources");
        if (!Files.exists(resources)) return List.of();
        try (Stream<Path> files = Files.walk(resources)) {
            return files.filter(file -> file.toString().endsWith(".cu"))
                    .sorted()
                    .map(file ->
                            DynamicTest.dynamicTest(resources.relativize(file).toString(), () -> check(file)))
                    .toList();
        }
    }

    /** A file compiles alone behind its definitions, or behind the prelude beside it, whatever numbers it is for. */
    private static void check(Path file) throws IOException {
        String name = file.getFileName().toString();
        StringBuilder before = new StringBuilder(DEFINITIONS.getOrDefault(name.split("[-.]", -1)[0], ""));
        if (name.startsWith("convolution")) before.append(Files.readString(file.resolveSibling("matrices.cu")));
        if (name.startsWith("convolution-")) before.append(Files.readString(file.resolveSibling("convolution.cu")));
        String alone = before + Files.readString(file);
        Path prelude = file.resolveSibling("prelude.cu");
        String messages = Nvcc.compile(alone);
        if (messages.isEmpty() || !Files.exists(prelude)) {
            assertThat(messages).isEmpty();
            return;
        }
        String source = Files.readString(prelude) + "\n" + alone;
        assertThat(Nvcc.compile(source)).isEmpty();
        assertThat(Nvcc.compile("#define BF16\n" + source)).isEmpty();
    }
}
