package io.residual.laboratory.experiments;

import io.residual.laboratory.experiments.Experiment.Arm;
import io.residual.laboratory.experiments.training.CachedTrainer;
import io.residual.laboratory.experiments.training.Training;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.training.cli.Progress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Several experiments, trained seed by seed: every experiment has its first seed before any has its second, so that a
 * lack of time costs each of them a seed, and none of them all.
 */
public final class ExperimentRunner {
    private final List<Experiment> experiments;
    private final Predicate<Experiment> trains;
    private final CachedTrainer trainer;
    private final Duration limit;
    private final PrintWriter out;

    /**
     * A runner of experiments.
     *
     * @param trains of which experiments missing results are trained; of others the stored ones are evaluated
     * @param limit sum of the times of all trainings, earlier ones included, after which none is started
     */
    public ExperimentRunner(
            List<Experiment> experiments,
            Predicate<Experiment> trains,
            CachedTrainer trainer,
            Duration limit,
            PrintWriter out) {
        this.experiments = List.copyOf(experiments);
        this.trains = trains;
        this.trainer = trainer;
        this.limit = limit;
        this.out = out;
    }

    /** A training to do. */
    private record Task(Experiment experiment, String arm, Training training) {}

    /** Prints what will be tested, and by what criteria. */
    public void printCriteria() {
        for (Experiment experiment : experiments) {
            out.printf(
                    Locale.ROOT,
                    "Claim %d: %s%n",
                    experiment.claim().number(),
                    experiment.claim().sentence());
            for (Criterion criterion : experiment.criteria()) {
                out.println((criterion.role() == Criterion.Role.PRIMARY ? "  confirmed if " : "  secondary: ")
                        + criterion.statement());
            }
        }
        out.flush();
    }

    /**
     * Trains what is not trained yet.
     *
     * @param stop asked after every step
     * @return empty if it was stopped
     */
    public Optional<List<ExperimentResult>> run(BooleanSupplier stop) {
        Map<Training, TrainingResult> done = new HashMap<>();
        List<Task> tasks = tasks().stream()
                .filter(task -> trains.test(task.experiment())
                        || trainer.find(task.training()).isPresent())
                .toList();
        RemainingTime remaining =
                new RemainingTime(tasks.stream().map(Task::training).toList());
        double limitSeconds = limit.toMillis() / 1000.0;
        int number = 0;
        int skipped = 0;
        for (Task task : tasks) {
            number++;
            Optional<TrainingResult> before = trainer.find(task.training());
            if (before.isEmpty() && remaining.secondsSpent() >= limitSeconds) {
                skipped++;
                continue;
            }
            Optional<TrainingResult> result = before.isPresent() ? before : trainer.train(task.training(), stop);
            if (result.isEmpty()) {
                return Optional.empty();
            }
            done.put(task.training(), result.get());
            remaining.done(task.training(), result.get().seconds());
            if (before.isEmpty()) {
                printProgress(number, tasks.size(), task, result.get(), remaining);
            }
        }
        if (skipped > 0) {
            out.printf(
                    Locale.ROOT,
                    "%d trainings were skipped: the time of this budget is over (%s of training)%n",
                    skipped,
                    Progress.duration(remaining.secondsSpent()));
        }
        return Optional.of(evaluate(done));
    }

    /** Evaluates the stored results without training. */
    public List<ExperimentResult> evaluate() {
        Map<Training, TrainingResult> done = new HashMap<>();
        tasks().forEach(task -> trainer.find(task.training()).ifPresent(result -> done.put(task.training(), result)));
        return evaluate(done);
    }

    private List<ExperimentResult> evaluate(Map<Training, TrainingResult> done) {
        return experiments.stream()
                .map(experiment -> ExperimentResult.of(experiment, results(experiment, done)))
                .toList();
    }

    private static Results results(Experiment experiment, Map<Training, TrainingResult> done) {
        Map<Long, Map<String, TrainingResult>> finished = new LinkedHashMap<>();
        for (long seed = 1; seed <= experiment.seeds(); seed++) {
            Map<String, TrainingResult> arms = new LinkedHashMap<>();
            for (Arm arm : experiment.arms()) {
                TrainingResult result = done.get(arm.training().withSeed(seed));
                if (result != null) {
                    arms.put(arm.name(), result);
                }
            }
            if (arms.size() == experiment.arms().size()) {
                finished.put(seed, arms);
            }
        }
        return new Results(finished);
    }

    /** Each training once, though several arms may need it. */
    private List<Task> tasks() {
        Set<Training> known = new LinkedHashSet<>();
        List<Task> tasks = new ArrayList<>();
        int seeds = experiments.stream().mapToInt(Experiment::seeds).max().orElse(0);
        IntStream.rangeClosed(1, seeds)
                .forEach(seed -> experiments.stream()
                        .filter(experiment -> experiment.seeds() >= seed)
                        .forEach(experiment -> experiment.arms().forEach(arm -> {
                            Training training = arm.training().withSeed(seed);
                            if (known.add(training)) {
                                tasks.add(new Task(experiment, arm.name(), training));
                            }
                        })));
        return tasks;
    }

    private void printProgress(int number, int of, Task task, TrainingResult result, RemainingTime remaining) {
        out.printf(
                Locale.ROOT,
                "[%d/%d] claim %d, %s, seed %d: %s; %s, %s left%n",
                number,
                of,
                task.experiment().claim().number(),
                task.arm(),
                task.training().spec().seed(),
                result.diverged()
                        ? "diverged"
                        : String.format(Locale.ROOT, "held-out accuracy %.4f", result.accuracy()),
                Progress.duration(result.seconds()),
                Progress.duration(Math.min(
                        remaining.secondsLeft(), Math.max(0, limit.toMillis() / 1000.0 - remaining.secondsSpent()))));
        out.flush();
    }

    /** Predicts how long trainings will take: as long as with another seed, or else as long as the mean so far. */
    static final class RemainingTime {
        private final Set<Training> pending;
        /** Seconds by training, whatever its seed. */
        private final Map<Training, Double> known = new HashMap<>();

        private double spent;
        private int done;

        RemainingTime(List<Training> trainings) {
            this.pending = new HashSet<>(trainings);
        }

        void done(Training training, double seconds) {
            pending.remove(training);
            known.put(training.withSeed(0), seconds);
            spent += seconds;
            done++;
        }

        /** Time of the finished trainings. */
        double secondsSpent() {
            return spent;
        }

        /** Expected time of the others. */
        double secondsLeft() {
            double mean = done == 0 ? 0 : spent / done;
            return pending.stream()
                    .mapToDouble(training -> known.getOrDefault(training.withSeed(0), mean))
                    .sum();
        }
    }
}
