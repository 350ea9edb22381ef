package io.residual.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.idx.IdxWriter;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.ClassifierOptions;
import io.residual.evaluation.predict.Prediction;
import io.residual.evaluation.predict.PredictionCounts;
import io.residual.spark.cluster.ClusterSession;
import io.residual.spark.cluster.LocalCluster;
import io.residual.spark.cluster.SharedStorage;
import io.residual.training.run.RunDirectory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Predictions by two executors that have no native library of oneDNN. */
@Tag("slow")
class ClusterPredictionTest {
    private static final int FILES = 40;
    private static final int ROWS = 50;
    private static final int THREE_PARTS = 1_200;

    @TempDir
    private static Path directory;

    private static ClusterSession session;
    private static ClusterPrediction.Request request;
    private static Path run;
    private static Path folder;
    private static Path idx;
    private static final List<String> NOTES = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        run = TrainedRun.in(directory.resolve("run"));
        folder = TrainedRun.writePngs(directory.resolve("images"), FILES);
        idx = writeIdx(directory.resolve("idx"));
        request = request(ClassifierOptions.DEFAULT, PartFormat.JSONL);
        session = LocalCluster.start("--spark-conf", "spark.executor.extraClassPath=" + classPathWithoutOneDnn());
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    private static String classPathWithoutOneDnn() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.matches(".*dnnl-[^/]*-(linux|macosx|windows)-[^/]*\\.jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path writeIdx(Path target) throws IOException {
        Files.createDirectory(target);
        ImageSet images =
                TrainedRun.images(Split.TRAIN).subset(IntStream.range(0, ROWS).toArray());
        IdxWriter.write(target, images, Split.TRAIN);
        return target.resolve("train-images-idx3-ubyte.gz");
    }

    private static ClusterPrediction.Request request(ClassifierOptions options, PartFormat format) {
        return new ClusterPrediction.Request(
                PackedModel.of(RunDirectory.open(run), options.checkpoint()), ClassifierSettings.of(options), format);
    }

    private static PredictionCounts predict(ClusterPrediction.Request what, String out, Path... images) {
        NOTES.clear();
        return new ClusterPrediction(session, NOTES::add)
                .run(
                        what,
                        Arrays.stream(images).map(Path::toString).toList(),
                        directory.resolve(out).toString());
    }

    @Test
    void without_the_native_library_executors_predict_alike_and_the_user_is_told() throws IOException {
        PredictionCounts counts = predict(request, "fallback", folder);

        assertThat(counts).isEqualTo(new PredictionCounts(FILES, 0, 0));
        assertThat(NOTES)
                .singleElement()
                .asString()
                .startsWith("executor on ")
                .contains("Deeplearning4j's own kernels, several times as slow: oneDNN does not load");
        List<JsonNode> rows = Rows.in(directory.resolve("fallback"));
        try (Classifier classifier = Classifier.open(run)) {
            for (int i = 0; i < FILES; i++) {
                Rows.assertAlike(
                        ((ObjectNode) rows.get(i)).without("file"),
                        classifier.classify(TrainedRun.file(folder, i)).toJson());
            }
        }
    }

    @Test
    void tables_and_idx_files_give_what_the_image_files_give() throws IOException {
        Path table = directory.resolve("table.parquet");
        session.spark()
                .read()
                .format("binaryFile")
                .load(folder.toString())
                .select("path", "content")
                .write()
                .parquet(table.toString());

        predict(request(ClassifierOptions.DEFAULT, PartFormat.PARQUET), "tables", table, idx);

        Map<String, Row> rows =
                session.spark().read().parquet(directory.resolve("tables").toString()).collectAsList().stream()
                        .collect(Collectors.toMap(row -> row.getAs("file"), row -> row));
        assertThat(rows).hasSize(FILES + ROWS);
        try (Classifier classifier = Classifier.open(run)) {
            for (int i = 0; i < FILES; i++) {
                Path file = TrainedRun.file(folder, i);
                Prediction expected = classifier.classify(file);
                assertAlike(rows.get("file:" + file), expected);
                assertAlike(rows.get(idx + "[" + i + "]"), expected);
            }
        }
    }

    private static void assertAlike(Row row, Prediction expected) {
        assertThat(row.<String>getAs("class")).isEqualTo(expected.className());
        assertThat(row.<Float>getAs("energy").doubleValue())
                .isCloseTo(expected.certainty().energy(), within(1e-5));
        assertThat(row.getList(row.fieldIndex("set")))
                .isEqualTo(expected.certainty().set().orElseThrow().classNames());
        Map<String, Float> probabilities = row.getJavaMap(row.fieldIndex("probabilities"));
        expected.probabilities()
                .forEach(p -> assertThat(probabilities.get(p.className()).doubleValue())
                        .isCloseTo(p.probability(), within(1e-5)));
        assertThat(row.isNullAt(row.fieldIndex("error"))).isTrue();
    }

    @Test
    void a_part_that_is_lost_is_predicted_again_and_no_other() throws IOException {
        Path images = TrainedRun.writePngs(directory.resolve("many"), THREE_PARTS);
        PredictionCounts counts = predict(request, "resumed", images);
        Path out = directory.resolve("resumed");
        List<JsonNode> rows = Rows.in(out);
        assertThat(counts).isEqualTo(new PredictionCounts(THREE_PARTS, 0, 0));
        // As an executor leaves it that is killed between the two files of a part.
        Files.delete(out.resolve("_done/part-00001.json"));
        Files.writeString(out.resolve("part-00001.jsonl"), "");
        Files.writeString(out.resolve("part-00002.jsonl"), "");

        assertThat(predict(request, "resumed", images)).isEqualTo(counts);

        assertThat(NOTES).contains("2 of 3 parts are complete already");
        List<JsonNode> resumed = Rows.in(out);
        assertThat(resumed).hasSize(1_000);
        for (int i = 0; i < resumed.size(); i++) {
            Rows.assertAlike(resumed.get(i), rows.get(i));
        }
    }

    @Test
    void no_process_is_started_for_each_file_that_is_listed_or_written() throws IOException {
        SharedStorage storage =
                SharedStorage.of(session, directory.resolve("storage").toString());
        PartPlan plan = new PartPlan();
        List<String> started;
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ProcessStart");
            recording.start();
            new ImageListing(session.context().hadoopConfiguration(), plan, NOTES::add).add(folder.toString());
            storage.put(new byte[] {1}, "a/b");
            PartFormat.PARQUET
                    .open(directory.resolve("written.parquet"), List.of())
                    .close();
            new ProcessBuilder("true").start();
            recording.stop();
            Path events = directory.resolve("events.jfr");
            recording.dump(events);
            started = RecordingFile.readAllEvents(events).stream()
                    .map(event -> event.getString("command"))
                    .toList();
        }

        assertThat(plan.images()).isEqualTo(FILES);
        assertThat(started).containsExactly("true");
    }

    @Test
    void predictions_with_other_options_or_of_other_images_are_not_mixed() {
        predict(request, "mixed", TrainedRun.file(folder, 0));

        assertThatThrownBy(() -> predict(
                        request(ClassifierOptions.DEFAULT.withAbstainBelow(0.9), PartFormat.JSONL),
                        "mixed",
                        TrainedRun.file(folder, 0)))
                .isInstanceOfSatisfying(
                        ResidualException.class,
                        error -> assertThat(error.kind()).isEqualTo(Kind.BAD_RUN))
                .hasMessageEndingWith("mixed/: holds predictions of other images, of another model or with other"
                        + " options: give another --out, or repeat the command that started them");
        assertThatThrownBy(() -> predict(request, "mixed", TrainedRun.file(folder, 1)))
                .hasMessageContaining("of other images");
        assertThatThrownBy(() -> predict(request, "run", folder))
                .hasMessageContaining("a prediction never overwrites: give another --out");
    }

    @Test
    void a_missing_file_is_a_row_and_a_table_without_images_is_an_error() throws IOException {
        Path missing = directory.resolve("missing.png");
        assertThat(predict(request, "missing", missing)).isEqualTo(new PredictionCounts(0, 1, 0));
        assertThat(Rows.failed(Rows.in(directory.resolve("missing"))))
                .singleElement()
                .isEqualTo(Rows.read("{\"file\":\"" + missing + "\",\"error\":\"there is no such file\"}"));

        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertThatThrownBy(() -> predict(request, "none", empty)).hasMessage(empty + ": the folder has no images");
        Path numbers = directory.resolve("numbers.parquet");
        session.spark().range(3).coalesce(1).write().parquet(numbers.toString());
        assertThatThrownBy(() -> predict(request, "none", numbers))
                .isInstanceOfSatisfying(
                        ResidualException.class,
                        error -> assertThat(error.kind()).isEqualTo(Kind.BAD_DATA))
                .hasMessageContaining("expected one column with the bytes of images, found none among the columns id");
        Path damaged = Files.writeString(directory.resolve("damaged.parquet"), "no table");
        assertThatThrownBy(() -> predict(request, "none", damaged))
                .hasMessageStartingWith(damaged + ": cannot be read (it is no Parquet file, or damaged: ");
    }
}
