package io.residual.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.residual.spark.cluster.LocalCluster;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on two executors, against the one that predicts in this process. */
@Tag("slow")
class PredictCommandTest {
    private static final int IMAGES = 2000;
    private static final List<Integer> CORRUPT = List.of(0, 700, 1999);

    @TempDir
    private static Path directory;

    private static Path run;
    private static Path images;
    private static Outcome here;
    private static Outcome cluster;
    private static List<JsonNode> rows;

    private record Outcome(int status, List<String> out, List<String> err) {
        static Outcome of(Callable<Integer> command, String... args) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int status = CommandRunner.run(command, new PrintWriter(out), new PrintWriter(err), args);
            return new Outcome(
                    status,
                    out.toString().lines().toList(),
                    err.toString().lines().toList());
        }
    }

    @BeforeAll
    static void predict() throws IOException {
        run = TrainedRun.in(directory.resolve("run"));
        images = TrainedRun.writePngs(directory.resolve("images"), IMAGES);
        for (int image : CORRUPT) {
            TrainedRun.cut(images, image);
        }
        here = Outcome.of(
                new io.residual.evaluation.predict.Main(),
                "--run",
                run.toString(),
                "--format",
                "jsonl",
                images.toString());
        Path out = directory.resolve("out");
        cluster = onCluster(out);
        rows = Rows.in(out);
    }

    private static Outcome onCluster(Path out) {
        return Outcome.of(
                new PredictCommand(),
                "--run",
                run.toString(),
                "--spark",
                LocalCluster.MASTER,
                "--out",
                out.toString(),
                images.toString());
    }

    @Test
    void every_row_is_that_of_predict_on_this_machine() {
        List<JsonNode> predicted = Rows.predicted(rows);

        assertThat(predicted).hasSize(IMAGES - CORRUPT.size()).hasSameSizeAs(here.out());
        for (int i = 0; i < predicted.size(); i++) {
            Rows.assertAlike(predicted.get(i), Rows.read(here.out().get(i)));
        }
    }

    @Test
    void corrupt_images_are_named_with_the_reason_at_their_places_and_counted() {
        assertThat(cluster.status()).isEqualTo(ExitStatus.DATA.code()).isEqualTo(here.status());
        assertThat(cluster.err()).endsWith("error: 3 of 2,000 could not be read");
        assertThat(cluster.out().get(0)).startsWith("Predictions of 2,000 images in ");
        assertThat(rows).hasSize(IMAGES);
        for (int i = 0; i < CORRUPT.size(); i++) {
            JsonNode row = rows.get(CORRUPT.get(i));
            assertThat(here.err().get(i))
                    .isEqualTo("error: " + row.get("file").textValue() + ": "
                            + row.get("error").textValue());
        }
    }

    @Test
    void an_executor_that_is_killed_in_the_middle_changes_no_row() throws Exception {
        Path out = directory.resolve("killed");
        CompletableFuture<Integer> killer = CompletableFuture.supplyAsync(() -> killAfterAPart(out.resolve("_done")));

        Outcome outcome = onCluster(out);

        assertThat(killer.get(1, TimeUnit.MINUTES))
                .as("parts that were complete")
                .isBetween(1, 3);
        assertThat(outcome.status()).isEqualTo(cluster.status());
        assertThat(outcome.err()).isEqualTo(cluster.err());
        List<JsonNode> repeated = Rows.in(out);
        assertThat(repeated).hasSize(IMAGES);
        for (int i = 0; i < IMAGES; i++) {
            Rows.assertAlike(repeated.get(i), rows.get(i));
        }
    }

    /** Kills an executor once a part is complete, while both work on others, and returns how many parts were complete. */
    private static int killAfterAPart(Path done) {
        try {
            int parts = 0;
            while (parts == 0) {
                Thread.sleep(2);
                parts = Optional.ofNullable(done.toFile().list((folder, name) -> name.endsWith(".json")))
                        .map(files -> files.length)
                        .orElse(0);
            }
            ProcessHandle.current().children().findFirst().orElseThrow().destroyForcibly();
            return parts;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
