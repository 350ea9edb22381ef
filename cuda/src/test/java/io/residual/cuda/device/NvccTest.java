package io.residual.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** All CUDA C, in as few compilations as there are sets of definitions: each one takes seconds. */
@Tag("slow")
class NvccTest {
    private static final Path SOURCES = Path.of("src/main/resources/io/residual/cuda");

    private static final String IMAGES = """
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
        """;

    private static final String CONVOLUTION = """
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
        """;

    private static final String NARROW = """
        #define CHANNELS 8
        #define OUTPUTS 16
        #define ROWS 3
        #define STRIDE 1
        #define BEFORE 1
        #define IN_HEIGHT 28
        #define HEIGHT 28
        #define WIDTH 28
        """;

    private static final List<String> STEP = List.of("prelude", "step", "update", "elementwise", "joint");

    /** What is compiled together, behind which definitions. */
    private record Unit(String definitions, List<String> names) {
        @Override
        public String toString() {
            return definitions.lines().limit(1).collect(Collectors.joining()) + " " + String.join(", ", names);
        }
    }

    private static final List<Unit> UNITS = List.of(
            new Unit("", STEP),
            new Unit("#define BF16\n", STEP),
            new Unit(IMAGES, List.of("images")),
            new Unit(CONVOLUTION, List.of("matrices", "convolution", "convolution-images")),
            new Unit(CONVOLUTION, List.of("matrices", "convolution", "convolution-weights", "convolution-sums")),
            new Unit(NARROW, List.of("matrices", "convolution-narrow", "convolution-sums")));

    @Test
    void what_a_GPU_lacks_is_told() {
        assertThat(Nvcc.compile("extern \"C\" __global__ void f(int* x) { *x = __builtin_popcountg(*x); }"))
                .contains("source.cu(1)");
    }

    @ParameterizedTest
    @FieldSource("UNITS")
    void sources_compile(Unit unit) throws IOException {
        StringBuilder source = new StringBuilder(unit.definitions());
        for (String name : unit.names()) {
            source.append(Files.readString(SOURCES.resolve(name + ".cu"))).append('\n');
        }

        assertThat(Nvcc.compile(source.toString())).isEmpty();
    }

    @Test
    void no_source_is_left_out() throws IOException {
        Set<String> compiled = new TreeSet<>();
        UNITS.forEach(unit -> unit.names().forEach(name -> compiled.add(name + ".cu")));
        try (Stream<Path> files = Files.list(SOURCES)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".cu")))
                    .containsExactlyInAnyOrderElementsOf(compiled);
        }
    }
}
