package io.residual.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.core.ResidualException;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.data.idx.IdxWriter;
import io.residual.data.picture.Picture;
import io.residual.data.picture.PictureDecoder;
import io.residual.data.picture.PictureLimits;
import io.residual.evaluation.explain.HeatGrid;
import io.residual.evaluation.metrics.Logits;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.model.ModelChoice;
import io.residual.evaluation.model.TrainedModel;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.InvertMode;
import io.residual.evaluation.predict.Prediction;
import io.residual.training.FoldRuns;
import io.residual.training.Trainer;
import io.residual.training.config.Preset;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.RunDirectory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The networks of two folds, used together. */
@Tag("slow")
class EnsembleTest {
    /** Of probabilities of 32 bits. */
    private static final float ROUNDING = 1e-6f;

    private static final ComputeKernels KERNELS = KernelChoice.AUTO.resolve();

    @TempDir
    private static Path directory;

    private static RunDirectory ensemble;
    private static ImageSet test;

    @BeforeAll
    static void train() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        ImageSet all = IdxSource.sample().wholeTraining();
        IdxWriter.write(data, all.subset(IntStream.range(0, 400).toArray()), Split.TRAIN);
        test = IdxSource.sample()
                .open(Split.TEST, StratifiedSplit.SEED)
                .subset(IntStream.range(0, 150).toArray());
        IdxWriter.write(data, test, Split.TEST);
        Preset preset = Preset.resolve(
                "quick",
                Map.of(
                        "width",
                        "4",
                        "epochs",
                        "2",
                        "batchSize",
                        "32",
                        "learningRate",
                        "0.05",
                        "data",
                        data.toString()));
        Path place = directory.resolve("ensemble");
        assertThat(new FoldRuns(Trainer.of(preset), 2, IdxSource.open(data)).train(place, Trainer::train))
                .isPresent();
        ensemble = RunDirectory.open(place);
    }

    private static Scores meanOfMembers() {
        return Scores.mean(ensemble.members().stream()
                .map(run -> TrainedModel.load(run, ModelChoice.last(), KERNELS).probabilities(test))
                .toList());
    }

    @Test
    void evaluate_reports_on_the_mean_of_the_probabilities() throws IOException {
        Scores expected = meanOfMembers();
        Outcome outcome = Outcome.of(new Main(), "--run", ensemble.toString());

        assertThat(outcome.status()).as(outcome.err()).isZero();
        var json = new ObjectMapper()
                .readTree(ensemble.path().resolve("report.json").toFile());
        assertThat(json.required("examples").asInt()).isEqualTo(150);
        assertThat(json.required("accuracy").asDouble()).isEqualTo(expected.topAccuracy(1));
        assertThat(json.required("meanCrossEntropyNats").asDouble())
                .isCloseTo(expected.crossEntropyOfProbabilities(), within(1e-6));
        Scores scores = TrainedModel.load(ensemble, ModelChoice.last(), KERNELS).probabilities(test);
        for (int i = 0; i < test.size(); i++) {
            assertThat(scores.row(i)).usingComparatorWithPrecision(ROUNDING).containsExactly(expected.row(i));
        }
        Scores first = TrainedModel.load(ensemble.members().get(0), ModelChoice.last(), KERNELS)
                .probabilities(test);
        assertThat(scores.row(0)).isNotEqualTo(first.row(0));
    }

    @Test
    void evaluate_on_the_training_images_takes_all_and_there_are_none_for_validation() {
        Outcome outcome = Outcome.of(new Main(), "--run", ensemble.toString(), "--split", "train");
        assertThat(outcome.out()).contains("Images: 400 of the train split");

        Outcome validation = Outcome.of(new Main(), "--run", ensemble.toString(), "--split", "validation");
        assertThat(validation.err())
                .startsWith("error: " + ensemble
                        + ": an ensemble has learned from all training images and holds none back: use the"
                        + " test images");
    }

    @Test
    void a_prediction_is_the_mean_of_the_probabilities_and_of_the_energies() throws IOException {
        byte[] picture = Files.readAllBytes(picture());
        Prediction mean = predict(ensemble, picture);
        Prediction one = predict(ensemble.members().get(0), picture);
        Prediction two = predict(ensemble.members().get(1), picture);

        for (int c = 0; c < 10; c++) {
            assertThat(mean.probabilities().get(c).probability())
                    .isCloseTo(
                            (one.probabilities().get(c).probability()
                                            + two.probabilities().get(c).probability())
                                    / 2,
                            within((double) ROUNDING));
        }
        assertThat(mean.certainty().energy())
                .isCloseTo((one.certainty().energy() + two.certainty().energy()) / 2, within(1e-5));
        Outcome outcome = Outcome.of(
                new io.residual.evaluation.predict.Main(),
                "--run",
                ensemble.toString(),
                picture().toString());
        assertThat(outcome.out()).contains(mean.className());
        assertThat(outcome.err()).contains("an ensemble holds no images back to be calibrated on");
    }

    private static Prediction predict(RunDirectory run, byte[] picture) throws IOException {
        try (Classifier classifier = Classifier.open(run.path())) {
            return classifier.classify(picture);
        }
    }

    @Test
    void a_heat_map_is_the_mean_of_the_maps() throws IOException {
        Picture picture = new PictureDecoder(PictureLimits.DEFAULT).decode(picture());
        List<HeatGrid> maps = List.of(
                heat(ensemble, picture),
                heat(ensemble.members().get(0), picture),
                heat(ensemble.members().get(1), picture));

        assertThat(maps.get(0).at(0, 0))
                .isCloseTo((maps.get(1).at(0, 0) + maps.get(2).at(0, 0)) / 2, within(ROUNDING));
    }

    private static HeatGrid heat(RunDirectory run, Picture picture) {
        try (Classifier classifier = Classifier.open(run.path())) {
            return classifier.heatMap(picture, InvertMode.NO, 7);
        }
    }

    private static Path picture() throws IOException {
        Path file = directory.resolve("picture.png");
        byte[] pixels = new byte[28 * 28];
        test.copyPixels(3, pixels, 0);
        BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, 28, 28, pixels);
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    @Test
    void what_needs_one_network_names_the_runs_of_the_ensemble() {
        assertThat(Outcome.of(
                                new io.residual.evaluation.export.Main(),
                                "--run",
                                ensemble.toString(),
                                "--to",
                                "onnx",
                                "--out",
                                directory.resolve("model.onnx").toString())
                        .err())
                .startsWith("error: " + ensemble
                        + ": an ensemble of 2 runs, where a single run is needed: name one of them," + " such as "
                        + ensemble.path().resolve("fold-1"));
        Path file = ensemble.path().resolve("fold-1/last.safetensors");
        assertThatThrownBy(() -> TrainedModel.load(ensemble, ModelChoice.of(file.toString()), KERNELS))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith("checkpoint: a file of weights is that of one network, and " + ensemble);
    }

    @Test
    void outputs_as_of_one_network_have_the_mean_probabilities_also_where_those_round_to_zero() {
        float[] sure = {900, 0, -900};
        float[] unsure = {1, 2, 3};
        float[] mean = Logits.ofMeanProbabilities(List.of(new float[][] {sure}, new float[][] {unsure}))[0];
        float[] probabilities = Logits.softmax(unsure);

        assertThat(Logits.softmax(mean))
                .usingComparatorWithPrecision(1e-4f)
                .containsExactly((1 + probabilities[0]) / 2, probabilities[1] / 2, probabilities[2] / 2);
        assertThat(Logits.energy(mean)).isCloseTo((Logits.energy(sure) + Logits.energy(unsure)) / 2, within(1e-3f));
        float[] certain = Logits.ofMeanProbabilities(List.of(new float[][] {sure}, new float[][] {sure}))[0];
        assertThat(certain).containsExactly(sure);
    }
}
