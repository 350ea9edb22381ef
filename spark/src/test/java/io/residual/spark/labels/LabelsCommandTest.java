package io.residual.spark.labels;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.evaluation.labels.Main;
import io.residual.spark.cluster.LocalCluster;
import io.residual.training.cli.CommandRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on two executors, against the one that trains in this process. */
@Tag("slow")
class LabelsCommandTest {
    @TempDir
    private Path directory;

    private static String run(Callable<Integer> command, Path place, String... more) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        String[] args = Stream.concat(
                        Stream.of("--data", "sample", "--width", "4", "--epochs", "1", "--batch-size", "64"),
                        Stream.concat(Stream.of("--folds", "2", "--dir", place.toString()), Stream.of(more)))
                .toArray(String[]::new);
        assertThat(CommandRunner.run(command, out, out, args)).as("%s", said).isZero();
        return said.toString();
    }

    @Test
    void folds_as_tasks_find_the_suspects_that_folds_in_this_process_find() throws IOException {
        Path here = directory.resolve("here");
        Path cluster = directory.resolve("cluster");
        run(new Main(), here);

        run(new LabelsCommand(), cluster, "--spark", LocalCluster.MASTER);

        List<String> suspects = Files.readAllLines(here.resolve("suspects.csv"));
        assertThat(suspects).hasSizeGreaterThan(10);
        assertThat(Files.readAllLines(cluster.resolve("suspects.csv"))).isEqualTo(suspects);
        for (String fold : List.of("fold-1", "fold-2")) {
            assertThat(cluster.resolve(fold).resolve("last.safetensors"))
                    .hasSameBinaryContentAs(here.resolve(fold).resolve("last.safetensors"));
            assertThat(cluster.resolve(fold).resolve("train.log"))
                    .content()
                    .contains("Executor task", "EpochMetrics[epoch=1")
                    .doesNotContain("Driver commanded a shutdown");
        }
    }
}
