package io.residual.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedFolds;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.data.idx.IdxWriter;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.Main;
import io.residual.training.loop.Inference;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.FoldSummary;
import io.residual.training.run.FoldSummary.FoldResult;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import io.residual.training.run.StrictJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three folds of 205 images, whose classes are of different size, by the command. */
@Tag("slow")
class FoldRunsTest {
    @TempDir
    private static Path directory;

    private static Path data;
    private static Path ensemble;
    private static ImageSet images;
    private static String printed;

    @BeforeAll
    static void train() throws IOException {
        data = directory.resolve("data");
        ensemble = directory.resolve("ensemble");
        // 50 images of class 0, 45 of class 1, down to 5 of class 9, in the order of the sample.
        write(data, 5);
        images = IdxSource.open(data).wholeTraining();
        printed = train(ExitStatus.OK, "--folds", "3", "--run", ensemble.toString());
    }

    private static void write(Path folder, int smallest) throws IOException {
        Files.createDirectory(folder);
        ImageSet all = IdxSource.sample().wholeTraining();
        int[] left = IntStream.range(0, 10).map(c -> smallest + 5 * (9 - c)).toArray();
        int[] kept = IntStream.range(0, all.size())
                .filter(i -> left[all.label(i)]-- > 0)
                .toArray();
        IdxWriter.write(folder, all.subset(kept), Split.TRAIN);
        IdxWriter.write(folder, IdxSource.sample().open(Split.TEST, StratifiedSplit.SEED), Split.TEST);
    }

    @Test
    void each_image_is_predicted_by_the_network_that_was_not_trained_on_it() throws IOException {
        List<Map<String, Object>> lines = Files.readAllLines(ensemble.resolve("out-of-fold.jsonl")).stream()
                .map(StrictJson::readMap)
                .toList();
        StratifiedFolds folds = StratifiedFolds.of(images, 3, 6);

        assertThat(lines).hasSize(images.size());
        for (int fold = 0; fold < 3; fold++) {
            RunDirectory run = RunDirectory.open(ensemble.resolve("fold-" + (fold + 1)));
            float[][] probabilities = Inference.probabilities(
                    ModelFiles.load(run, SavedModel.LAST, KernelChoice.AUTO.resolve()),
                    ImageBatches.inOrder(folds.heldOut(fold), run.spec().data().input()));
            int[] heldOut = folds.indices(fold);
            for (int i = 0; i < heldOut.length; i++) {
                Map<String, Object> line = lines.get(heldOut[i]);
                int predicted = Inference.highest(probabilities[i]);
                assertThat(line)
                        .containsEntry("file", images.name(heldOut[i]))
                        .containsEntry("label", images.classNames().get(images.label(heldOut[i])))
                        .containsEntry("fold", fold + 1L)
                        .containsEntry("class", images.classNames().get(predicted));
                assertThat(((Number) line.get("probability")).floatValue()).isEqualTo(probabilities[i][predicted]);
                assertThat((Map<?, ?>) line.get("probabilities")).hasSize(10);
            }
        }
    }

    @Test
    void the_summary_has_the_mean_over_folds_and_the_rates_of_classes_over_all_images() throws IOException {
        FoldSummary summary = StrictJson.read(Files.readString(ensemble.resolve("summary.json")), FoldSummary.class);
        List<FoldResult> folds = summary.folds();

        assertThat(folds).extracting(FoldResult::directory).containsExactly("fold-1", "fold-2", "fold-3");
        assertThat(folds.stream().mapToLong(FoldResult::images).sum()).isEqualTo(images.size());
        double a = folds.get(0).accuracy();
        double b = folds.get(1).accuracy();
        double c = folds.get(2).accuracy();
        double mean = (a + b + c) / 3;
        assertThat(summary.accuracy().mean()).isCloseTo(mean, within(1e-12));
        assertThat(summary.accuracy().deviation())
                .isCloseTo(
                        Math.sqrt(((a - mean) * (a - mean) + (b - mean) * (b - mean) + (c - mean) * (c - mean)) / 2),
                        within(1e-12));
        for (int fold = 0; fold < 3; fold++) {
            double last = RunDirectory.open(ensemble.resolve("fold-" + (fold + 1)))
                    .epochs()
                    .get(1)
                    .validationBalancedAccuracy()
                    .orElseThrow();
            assertThat(folds.get(fold).balancedAccuracy()).isEqualTo(last);
        }
        assertThat(summary.classes())
                .extracting(FoldSummary.ClassResult::images)
                .containsExactly(50L, 45L, 40L, 35L, 30L, 25L, 20L, 15L, 10L, 5L);
        assertThat(printed)
                .containsPattern(
                        "3 folds +mean +standard deviation\naccuracy +0\\.\\d{4} +0\\.\\d{4}\nbalanced accuracy ")
                .containsPattern("\nclass +precision +recall +F1 +images\nT-shirt/top .* 50\n")
                .contains("Ensemble of the folds: " + ensemble + "\n")
                .endsWith("./residual evaluate --run " + ensemble + "\n");
    }

    @Test
    void folds_that_are_finished_are_not_trained_again() throws IOException {
        Path copy = directory.resolve("copy");
        copy(ensemble, copy);
        Files.delete(copy.resolve("manifest.json"));
        Files.delete(copy.resolve("fold-3/out-of-sample.safetensors"));
        List<Path> trained = new ArrayList<>();
        Trainer trainer = Trainer.of(RunDirectory.open(ensemble).spec());
        assertThat(new FoldRuns(trainer, 3, IdxSource.open(data)).train(copy, (each, images) -> {
                    TrainingResult result = each.train(images);
                    trained.add(result.directory().orElseThrow().path());
                    return result;
                }))
                .isPresent();

        assertThat(trained).containsExactly(copy.resolve("fold-3"));
        for (String file : List.of("out-of-fold.jsonl", "summary.json", "manifest.json", "fold-3/last.safetensors")) {
            assertThat(copy.resolve(file)).hasSameBinaryContentAs(ensemble.resolve(file));
        }
        assertThat(RunDirectory.open(copy).members()).hasSize(3);
    }

    @Test
    void an_ensemble_is_no_run_to_be_trained_and_a_run_no_ensemble() {
        assertThat(train(ExitStatus.RUN, "--run", ensemble.toString()))
                .isEqualTo("error: " + ensemble
                        + ": an ensemble of 3 runs, where a single run is needed: name one of them," + " such as "
                        + ensemble.resolve("fold-1") + ", or another run directory\n");
        assertThat(train(ExitStatus.RUN, "--run", ensemble.toString(), "--folds", "4"))
                .isEqualTo("error: " + ensemble
                        + ": holds an ensemble of 3 runs, not of 4: train it with as many folds, or"
                        + " give another run directory\n");
        assertThat(train(ExitStatus.RUN, "--run", ensemble.resolve("fold-1").toString(), "--folds", "3"))
                .contains("the directory is not empty");
        assertThat(train(ExitStatus.RUN, "--run", ensemble.toString(), "--folds", "3", "--epochs", "1"))
                .contains("fold-1: holds a run with other settings: epochs was 2, is now 1");
    }

    @Test
    void classes_that_are_too_small_for_the_folds_are_named_before_anything_is_written() throws IOException {
        Path run = directory.resolve("too-many");
        assertThat(train(ExitStatus.DATA, "--folds", "6", "--run", run.toString()))
                .isEqualTo("error: the given folder, " + data
                        + ": too few images of class Ankle boot (5) for 6 folds: use" + " fewer folds\n");
        Path empty = directory.resolve("empty-class");
        write(empty, 0);
        assertThat(train(ExitStatus.DATA, "--folds", "2", "--run", run.toString(), "--data", empty.toString()))
                .contains("too few images of class Ankle boot (0) for 2 folds");
        assertThat(train(ExitStatus.USAGE, "--folds", "1", "--run", run.toString()))
                .isEqualTo("error: --folds: expected a number of at least 2, got 1\n");
        assertThat(train(ExitStatus.USAGE, "--folds", "3", "--run", run.toString(), "--patience", "3"))
                .startsWith("error: patience: a fold that stops early by the images that it holds out");
        assertThat(train(ExitStatus.USAGE, "--folds", "3", "--run", run.toString(), "--class-weights", "1,2"))
                .startsWith("error: classWeights: 2 weights for 10 classes");
        assertThat(train(ExitStatus.USAGE, "--folds", "3", "--run", run.toString(), "--seeds", "2"))
                .startsWith("error: --folds: give no --seeds");
        assertThat(run).doesNotExist();
    }

    @Test
    void a_list_of_runs_that_is_damaged_or_leads_elsewhere_is_refused() throws IOException {
        Path copy = directory.resolve("damaged");
        copy(ensemble, copy);
        RunDirectory run = RunDirectory.open(copy);
        Map<String, String> errors = Map.of(
                "{\"format\":1,\"runs\":[\"fold-1\",\"../ensemble/fold-2\"]}",
                "ensemble.json: \"runs\": expected names of directories in that of the ensemble",
                "{\"format\":1,\"runs\":[\"fold-1\",\"fold-1\"]}",
                "ensemble.json: \"runs\": expected 2 to 1000 different runs, got 2",
                "{\"format\":1,\"runs\":[\"fold-1\"]}",
                "ensemble.json: \"runs\": expected 2 to 1000 different runs, got 1",
                "{\"format\":2,\"runs\":[\"fold-1\",\"fold-2\"]}",
                "ensemble.json: format 2 is not read, only format 1: use the program that wrote the ensemble",
                "{\"format\":1,\"runs\":[\"fold-1\",\"fold-9\"]}",
                "fold-9: there is no such run directory",
                "{\"format\":1,\"ru",
                "ensemble.json: Unexpected end-of-input");
        for (Map.Entry<String, String> error : errors.entrySet()) {
            Files.writeString(copy.resolve("ensemble.json"), error.getKey());
            assertThatThrownBy(run::members)
                    .isInstanceOfSatisfying(
                            ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                    .hasMessageStartingWith(copy + "/" + error.getValue());
        }
    }

    @Test
    void an_ensemble_whose_runs_are_not_finished_is_not_opened() throws IOException {
        Path copy = directory.resolve("unfinished");
        copy(ensemble, copy);
        Files.delete(copy.resolve("manifest.json"));

        assertThatThrownBy(() -> RunDirectory.open(copy))
                .hasMessage(copy + ": an ensemble whose runs are not finished: repeat the command that trains them");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static String train(ExitStatus expected, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--preset", "quick"));
        Map<String, String> options = new TreeMap<>(Map.of("--data", data.toString(), "--seed", "6"));
        options.putAll(Map.of("--width", "4", "--epochs", "2", "--batch-size", "32", "--class-weights", "auto"));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        options.forEach((name, value) -> arguments.addAll(List.of(name, value)));
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        assertThat(CommandRunner.run(new Main(), out, out, arguments.toArray(String[]::new)))
                .as(text.toString())
                .isEqualTo(expected.code());
        return text.toString();
    }
}
