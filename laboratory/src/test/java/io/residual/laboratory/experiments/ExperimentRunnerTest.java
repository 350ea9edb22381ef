package io.residual.laboratory.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.data.idx.IdxSource;
import io.residual.laboratory.experiments.training.CachedTrainer;
import io.residual.laboratory.experiments.training.Model;
import io.residual.laboratory.experiments.training.ResultStore;
import io.residual.laboratory.experiments.training.Training;
import io.residual.laboratory.experiments.training.TrainingData;
import io.residual.laboratory.experiments.training.TrainingData.EvaluationSplit;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.report.chart.Chart;
import io.residual.training.config.Preset;
import io.residual.training.network.KernelChoice;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole experiments with a few images. */
@Tag("slow")
class ExperimentRunnerTest {
    private static final Duration LONG = Duration.ofHours(1);

    @TempDir
    Path directory;

    private final StringWriter told = new StringWriter();

    @Test
    void a_training_that_is_stored_is_not_repeated() {
        Experiment experiment = new TwoRates(2);
        List<ExperimentResult> first =
                runner(List.of(experiment), LONG).run(() -> false).orElseThrow();
        Map<Path, FileTime> files = files();
        List<ExperimentResult> second = runner(List.of(experiment), LONG)
                .run(() -> {
                    throw new AssertionError("a step was taken");
                })
                .orElseThrow();

        assertThat(files).hasSize(4);
        assertThat(files()).isEqualTo(files);
        assertThat(second.get(0).results()).isEqualTo(first.get(0).results());
        assertThat(second.get(0).criteria().get(0).values())
                .isEqualTo(first.get(0).criteria().get(0).values())
                .hasSize(2);
    }

    @Test
    void the_same_seed_gives_the_same_numbers() {
        Training training = TwoRates.training("0.05").withSeed(3);
        TrainingResult first = trainer("a").train(training, () -> false).orElseThrow();
        TrainingResult again = trainer("b").train(training, () -> false).orElseThrow();
        TrainingResult other =
                trainer("c").train(training.withSeed(4), () -> false).orElseThrow();

        assertThat(again.key()).isEqualTo(first.key());
        assertThat(again.trainLoss()).isEqualTo(first.trainLoss());
        assertThat(again.accuracy()).isEqualTo(first.accuracy());
        assertThat(other.key()).isNotEqualTo(first.key());
        assertThat(other.trainLoss()).isNotEqualTo(first.trainLoss());
    }

    @Test
    void an_interrupted_campaign_goes_on_where_it_was() {
        Experiment experiment = new TwoRates(2);
        AtomicInteger asked = new AtomicInteger();
        // 5 steps of 32 images and a validation: the second training is stopped in its midst.
        assertThat(runner(List.of(experiment), LONG).run(() -> asked.incrementAndGet() > 15))
                .isEmpty();
        Map<Path, FileTime> before = files();
        runner(List.of(experiment), LONG).run(() -> false);

        assertThat(before).hasSizeBetween(1, 3);
        assertThat(files()).hasSize(4).containsAllEntriesOf(before);
    }

    @Test
    void time_that_runs_short_costs_seeds_and_not_experiments() {
        Experiment experiment = new TwoRates(3);
        List<ExperimentResult> none =
                runner(List.of(experiment), Duration.ZERO).run(() -> false).orElseThrow();

        assertThat(none.get(0).results().seeds()).isEmpty();
        assertThat(none.get(0).verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(told.toString()).contains("6 trainings were skipped");
    }

    @Test
    void of_an_experiment_that_is_not_to_be_trained_the_stored_results_count() {
        Experiment trained = new TwoRates(1);
        Experiment stored = new TwoRates(2);
        List<ExperimentResult> results = runner(List.of(trained, stored), trained::equals, LONG)
                .run(() -> false)
                .orElseThrow();

        assertThat(files()).hasSize(2);
        assertThat(results.get(1).results().seeds()).containsExactly(1L);
    }

    @Test
    void seeds_are_trained_in_rounds_and_equal_trainings_once() {
        List<ExperimentResult> conclusions = runner(List.of(new TwoRates(2), new TwoRates(1)), LONG)
                .run(() -> false)
                .orElseThrow();

        assertThat(files()).hasSize(4);
        assertThat(conclusions.get(1).results().seeds()).containsExactly(1L);
        assertThat(told.toString().lines())
                .extracting(line -> line.replaceAll(": .*", ""))
                .containsExactly(
                        "[1/4] claim 7, slow, seed 1",
                        "[2/4] claim 7, fast, seed 1",
                        "[3/4] claim 7, slow, seed 2",
                        "[4/4] claim 7, fast, seed 2");
    }

    @Test
    void a_training_that_diverges_has_the_accuracy_of_a_guess() {
        // Each step multiplies the weights by -9 beside the gradient's part.
        Training training = Training.of(
                        Preset.resolve(
                                        "quick",
                                        Map.of(
                                                "epochs",
                                                "1",
                                                "batchSize",
                                                "2",
                                                "learningRate",
                                                "10",
                                                "weightDecay",
                                                "1"))
                                .spec(),
                        TrainingData.of(160, 100))
                .with(Model.LENET);

        TrainingResult result = trainer("store").train(training, () -> false).orElseThrow();

        assertThat(result.divergence()).contains("lower the learning rate");
        assertThat(result.accuracy()).isEqualTo(0.1);
        assertThat(trainer("store").find(training)).contains(result);
    }

    @Test
    void a_damaged_result_is_named_and_not_trusted() throws IOException {
        runner(List.of(new TwoRates(1)), LONG).run(() -> false);
        Path damaged = files().keySet().iterator().next();
        Files.writeString(damaged, Files.readString(damaged).replace("\"seconds\"", "\"second\""));

        assertThatThrownBy(() -> runner(List.of(new TwoRates(1)), LONG).evaluate())
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith(damaged + ": cannot be read (")
                .hasMessageEndingWith("): delete it, and it is trained again");
    }

    @Test
    void criteria_are_told_before_the_results() {
        runner(List.of(new TwoRates(1)), LONG).printCriteria();

        assertThat(told.toString().lines())
                .containsExactly(
                        "Claim 7: a faster rate learns faster",
                        "  confirmed if fast minus slow, loss: the 95 % interval over seeds lies below 0 nats");
    }

    /** Two learning rates on 160 images of the sample. */
    private record TwoRates(int seeds) implements Experiment {
        static Training training(String rate) {
            return Training.of(
                    Preset.resolve(
                                    "quick",
                                    Map.of("width", "2", "epochs", "1", "batchSize", "32", "learningRate", rate))
                            .spec(),
                    new TrainingData(160, 0, EvaluationSplit.VALIDATION, 100));
        }

        @Override
        public Claim claim() {
            return new Claim(7, "a faster rate learns faster", "learn faster", "learn slower");
        }

        @Override
        public String method() {
            return "Two rates.";
        }

        @Override
        public List<Arm> arms() {
            return List.of(new Arm("slow", training("0.0001")), new Arm("fast", training("0.05")));
        }

        @Override
        public List<Criterion> criteria() {
            return List.of(Criterion.primary("fast minus slow, loss", "nats")
                    .below(
                            0,
                            (results, seed) -> results.of("fast", seed).trainLoss()
                                    - results.of("slow", seed).trainLoss()));
        }

        @Override
        public List<Chart> charts(Results results) {
            return List.of();
        }
    }

    private ExperimentRunner runner(List<Experiment> experiments, Duration limit) {
        return runner(experiments, experiment -> true, limit);
    }

    private ExperimentRunner runner(List<Experiment> experiments, Predicate<Experiment> trains, Duration limit) {
        return new ExperimentRunner(experiments, trains, trainer("store"), limit, new PrintWriter(told, true));
    }

    private CachedTrainer trainer(String store) {
        return new CachedTrainer(
                IdxSource.sample(), KernelChoice.AUTO.resolve(), ResultStore.at(directory.resolve(store)));
    }

    private Map<Path, FileTime> files() {
        try (Stream<Path> files = Files.list(directory.resolve("store"))) {
            return files.collect(Collectors.toMap(file -> file, ExperimentRunnerTest::modified));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
