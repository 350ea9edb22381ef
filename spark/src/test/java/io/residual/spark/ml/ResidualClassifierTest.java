package io.residual.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.ResidualException;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.ClassifierOptions;
import io.residual.evaluation.predict.Prediction;
import io.residual.spark.cluster.ClusterSession;
import io.residual.spark.cluster.LocalCluster;
import io.residual.spark.predict.TrainedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The classifier in pipelines on two executors. */
@Tag("slow")
class ResidualClassifierTest {
    private static final int IMAGES = 60;
    private static final int CORRUPT = 7;

    @TempDir
    private static Path directory;

    private static ClusterSession session;
    private static Path run;
    private static Path folder;

    @BeforeAll
    static void start() throws IOException {
        run = TrainedRun.in(directory.resolve("run"));
        folder = TrainedRun.writePngs(directory.resolve("images"), IMAGES);
        TrainedRun.cut(folder, CORRUPT);
        session = LocalCluster.start();
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    private static Dataset<Row> images() {
        return session.spark().read().format("binaryFile").load(folder.toString());
    }

    @Test
    void a_pipeline_that_was_saved_and_loaded_predicts_as_the_run_does() throws IOException {
        PipelineStage[] stages = {
            ResidualClassifier.open(run).setClassCol("kind"),
            new SQLTransformer().setStatement("SELECT path, prediction, probability, kind, error FROM __THIS__")
        };
        new Pipeline()
                .setStages(stages)
                .fit(images())
                .write()
                .save(directory.resolve("pipeline").toString());
        // The folder has all that is needed.
        Files.move(run, directory.resolve("moved"));
        try {
            assertPredicts(
                    PipelineModel.load(directory.resolve("pipeline").toString()).transform(images()));
        } finally {
            Files.move(directory.resolve("moved"), run);
        }
    }

    private static void assertPredicts(Dataset<Row> predictions) throws IOException {
        List<Row> rows = predictions.orderBy("path").collectAsList();
        assertThat(rows).hasSize(IMAGES);
        try (Classifier classifier = Classifier.open(directory.resolve("moved"))) {
            for (int i = 0; i < IMAGES; i++) {
                Row row = rows.get(i);
                if (i == CORRUPT) {
                    assertThat(row.anyNull()).isTrue();
                    assertThat(row.<Object>getAs("prediction")).isNull();
                    assertThat(row.<String>getAs("error")).contains("PNG");
                } else {
                    Prediction expected = classifier.classify(TrainedRun.file(folder, i));
                    assertAlike(row, expected, classifier.classNames().indexOf(expected.className()));
                }
            }
        }
    }

    private static void assertAlike(Row row, Prediction expected, double label) {
        assertThat(row.<String>getAs("kind")).isEqualTo(expected.className());
        assertThat(row.<Double>getAs("prediction")).isEqualTo(label);
        assertThat(row.<Object>getAs("error")).isNull();
        double[] probabilities = row.<Vector>getAs("probability").toArray();
        for (int c = 0; c < probabilities.length; c++) {
            assertThat(probabilities[c])
                    .isCloseTo(expected.probabilities().get(c).probability(), within(1e-5));
        }
    }

    @Test
    void images_that_spark_has_decoded_give_the_same() throws IOException {
        List<Row> rows = ResidualClassifier.open(run)
                .setInputCol("image")
                .transform(session.spark().read().format("image").load(folder.toString()))
                .select("image.origin", "class", "probability", "error")
                .orderBy("origin")
                .collectAsList();

        try (Classifier classifier = Classifier.open(run)) {
            assertThat(rows.get(CORRUPT).<String>getAs("error"))
                    .isEqualTo("cannot be read (Spark could not decode it)");
            for (int i = CORRUPT + 1; i < IMAGES; i++) {
                Prediction expected = classifier.classify(TrainedRun.file(folder, i));
                assertThat(rows.get(i).<String>getAs("class")).isEqualTo(expected.className());
                assertThat(rows.get(i).<Vector>getAs("probability").apply(3))
                        .isCloseTo(expected.probabilities().get(3).probability(), within(1e-5));
            }
        }
    }

    @Test
    void options_of_the_classifier_are_saved_with_it() {
        ClassifierOptions options = ClassifierOptions.DEFAULT.withAbstainBelow(1);
        Path saved = directory.resolve("sceptic");
        assertThatThrownBy(() -> ResidualClassifier.load(saved.toString())).hasMessageContaining(saved.toString());
        try {
            ResidualClassifier.open(run, options).setInputCol("content").write().save(saved.toString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }

        Row row = ResidualClassifier.load(saved.toString()).transform(images()).first();

        assertThat(row.<Object>getAs("class")).isNull();
        assertThat(row.<Double>getAs("prediction")).isBetween(0.0, 9.0);
    }

    @Test
    void a_column_that_is_no_image_is_refused_with_its_type() {
        ResidualClassifier classifier = ResidualClassifier.open(run);

        assertThatThrownBy(() -> classifier
                        .copy(new org.apache.spark.ml.param.ParamMap())
                        .setInputCol("length")
                        .transform(images()))
                .isInstanceOf(ResidualException.class)
                .hasMessage("inputCol: the column length is of type bigint: name one of bytes or of images");
        assertThatThrownBy(() -> classifier.setErrorCol("path").transform(images()))
                .hasMessage("errorCol: there is a column path already: give another name");
    }
}
