package io.residual.training.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J M2.1 frees the axes of a broadcast while native code is about to read them, if a collection comes at that moment.
 * With the options of the commands it does not.
 */
@Tag("slow")
class BroadcastTest {
    /** Without the option that this is about, the process does not live to see half of them. */
    private static final int BROADCASTS = 120_000;

    @TempDir
    private Path directory;

    @Test
    void biases_are_added_while_garbage_is_collected_all_the_time() throws Exception {
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + Path.of("../config/java.options"),
                        "-Xmx200m",
                        "-Xmn1m",
                        "-XX:+UseSerialGC",
                        "-XX:ErrorFile=" + directory.resolve("crash.txt"),
                        "-XX:-CreateCoredumpOnCrash",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Adding.class.getName()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(150, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }

    /** Adds a row to a small array, again and again. */
    static final class Adding {
        private Adding() {}

        public static void main(String[] arguments) {
            INDArray activations = Nd4j.rand(4, 10);
            INDArray bias = Nd4j.zeros(1, 10);
            for (int i = 0; i < BROADCASTS; i++) {
                activations.addiRowVector(bias);
            }
        }
    }
}
