package io.residual.tuning.trials;

import io.residual.core.files.FileLock;
import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.arbiter.RandomSearcher;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.sweep.SweepFile;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Measures what the scheduler of a sweep takes for its decisions when many workers train: the real searcher, pruner, registry
 * and database, but a clock of its own, on which the epochs of the workers' trials come in the order in which they would. Its
 * arguments are {@code WORKERS TRIALS SEARCHER PRUNER HISTORY DIR}, such as {@code 1000 10000 tpe asha 0} and a directory that
 * does not exist; HISTORY is the number of trials that are there when the simulation starts. docs/cluster.md has the command.
 */
public final class SchedulerSimulation {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int EPOCHS = 27;

    private final Scheduler scheduler;
    private final SearchSpace space;
    private final Random random = new Random(1);
    private final PriorityQueue<Worker> workers =
            new PriorityQueue<>(Comparator.comparingDouble(Worker::at).thenComparingInt(Worker::start));
    private int idle;
    private int started;
    private final Decisions next = new Decisions("next trial");
    private final Decisions epoch = new Decisions("after an epoch");
    private final Decisions complete = new Decisions("a trial's end");
    private final Decisions all = new Decisions("all decisions");

    /**
     * A worker that trains.
     *
     * @param start which one of all starts of trials this is
     * @param at hours on the simulated clock when it has had the trial's next epoch
     */
    private record Worker(int start, double at, Trial trial) {}

    /** When a decision starts, in nanoseconds. */
    private record Start(long time, long processorTime) {
        static Start now() {
            return new Start(System.nanoTime(), THREADS.getCurrentThreadCpuTime());
        }
    }

    /** What decisions of a kind have taken, in nanoseconds: by the clock, and of the processor. */
    private record Decisions(String kind, List<Long> times, List<Long> processorTimes) {
        Decisions(String kind) {
            this(kind, new ArrayList<>(), new ArrayList<>());
        }

        void add(Start start, Start end) {
            times.add(end.time() - start.time());
            processorTimes.add(end.processorTime() - start.processorTime());
        }

        /** When the history is longest. */
        Decisions lastTenth() {
            int from = times.size() - Math.max(1, times.size() / 10);
            return new Decisions(
                    kind + ", last tenth",
                    times.subList(from, times.size()),
                    processorTimes.subList(from, times.size()));
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-27s %,7d; clock: %s; processor: %s",
                    kind,
                    times.size(),
                    distribution(times),
                    distribution(processorTimes));
        }

        private static String distribution(List<Long> times) {
            double[] milliseconds =
                    times.stream().mapToDouble(t -> t / 1e6).sorted().toArray();
            return String.format(
                    Locale.ROOT,
                    "mean %.3f p50 %.3f p99 %.3f max %.1f ms",
                    Arrays.stream(milliseconds).average().orElse(0),
                    quantile(milliseconds, 0.5),
                    quantile(milliseconds, 0.99),
                    quantile(milliseconds, 1));
        }

        private static double quantile(double[] sorted, double share) {
            return sorted[(int) Math.ceil(share * sorted.length) - 1];
        }
    }

    private SchedulerSimulation(Scheduler scheduler, SearchSpace space) {
        this.scheduler = scheduler;
        this.space = space;
    }

    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[0]);
        String text = String.format(Locale.ROOT, """
            base: quick
            overrides: {data: sample, epochs: %d}
            space:
              learningRate: {logUniform: [0.001, 1]}
              batchSize: {integer: [32, 256]}
              width: {integer: [4, 32]}
              labelSmoothing: {uniform: [0, 0.2]}
              flavour: {choice: [book, torchvision]}
            searcher: %s
            pruner: %s
            budget: {trials: %s}
            """, EPOCHS, args[2], args[3], args[1]);
        Sweep sweep = SweepFile.parse("simulated.yaml", text);
        Path directory = Path.of(args[5]);
        try (FileLock lock = SweepDatabase.lock(directory);
                SweepDatabase database = SweepDatabase.create(lock, text, sweep.baseYaml(), Optional.empty())) {
            TrialRegistry registry = new TrialRegistry(database, sweep);
            SchedulerSimulation simulation = new SchedulerSimulation(
                    new Scheduler(
                            registry,
                            Strategies.searcher(sweep),
                            Strategies.pruner(sweep),
                            sweep.budget(),
                            sweep.retries(),
                            (trial, progress) -> {}),
                    sweep.space());
            simulation.fill(registry, Integer.parseInt(args[4]));
            long start = System.nanoTime();
            simulation.run(count);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.println(measureStore(database, registry));
            simulation.print(System.out);
            System.out.printf(
                    Locale.ROOT,
                    "%s and %s, %,d workers, %,d trials, %,d epochs in %.0f s, sweep.db %.1f MB: %s%n",
                    args[2],
                    args[3],
                    count,
                    registry.size(),
                    registry.trainedEpochs(),
                    seconds,
                    Files.size(directory.resolve("sweep.db")) / 1e6,
                    simulation.all);
        }
    }

    /** Database writes alone, of which each decision has one. */
    private static Decisions measureStore(SweepDatabase database, TrialRegistry registry) {
        Decisions store = new Decisions("a stored state");
        for (Trial trial : registry.trials().subList(0, Math.min(1_000, registry.size()))) {
            Start start = Start.now();
            database.updateState(trial);
            store.add(start, Start.now());
        }
        return store;
    }

    /** Trials that are over, as many at each rung as successive halving leaves, drawn at random. */
    private void fill(TrialRegistry registry, int count) {
        RandomSearcher searcher = new RandomSearcher(space, 1);
        for (int i = 0; i < count; i++) {
            Trial trial = Trial.proposed(i, searcher.propose(i, List.of())).withState(TrialState.RUNNING, "");
            registry.add(trial);
            int last = 1;
            while (last < EPOCHS && random.nextInt(3) == 0) {
                last *= 3;
            }
            for (int at = 1; at <= last; at++) {
                EpochMetrics metrics = metrics(trial, at);
                trial = trial.withEpoch(0, metrics);
                registry.addEpoch(trial, 0, metrics);
            }
            registry.update(trial.withState(last < EPOCHS ? TrialState.PRUNED : TrialState.DONE, ""));
        }
    }

    private void run(int count) {
        for (int i = 0; i < count; i++) {
            employOrWait(0);
        }
        while (!workers.isEmpty()) {
            Worker worker = workers.remove();
            if (train(worker)) {
                workers.add(new Worker(worker.start(), worker.at() + hours(worker.trial()), worker.trial()));
            } else {
                employOrWait(worker.at());
                wakeIdle(worker.at());
            }
        }
    }

    /** What a worker has handed back may be what others waited for. */
    private void wakeIdle(double now) {
        for (int waiting = idle; waiting > 0 && employ(now); waiting--) {
            idle--;
        }
    }

    /** An epoch's time is the trial's own: wide networks are slow. */
    private static double hours(Trial trial) {
        return 1e-3 * trial.assignment().number("width");
    }

    private void employOrWait(double now) {
        if (!employ(now)) {
            idle++;
        }
    }

    /** Gives a worker its next trial; false if there is none now. */
    private boolean employ(double now) {
        // With this thread interrupted, the scheduler throws where it would wait for another worker.
        Thread.currentThread().interrupt();
        Start start = Start.now();
        try {
            Optional<Trial> trial = scheduler.next();
            decided(next, start);
            trial.ifPresent(each -> workers.add(new Worker(++started, now + hours(each), each)));
            return trial.isPresent();
        } catch (InterruptedException waits) {
            return false;
        } finally {
            Thread.interrupted();
        }
    }

    /** One epoch; false if the worker has left the trial after it. */
    private boolean train(Worker worker) {
        long number = worker.trial().number();
        int at = scheduler.trial(number).run(0).size() + 1;
        EpochMetrics metrics = metrics(worker.trial(), at);
        Start start = Start.now();
        TrialState state = scheduler.afterEpoch(number, 0, EPOCHS, metrics);
        decided(epoch, start);
        if (state == TrialState.RUNNING && at < EPOCHS) {
            return true;
        }
        start = Start.now();
        scheduler.complete(number, at == EPOCHS ? new TrialResult.Complete() : new TrialResult.Stopped());
        decided(complete, start);
        return false;
    }

    private EpochMetrics metrics(Trial trial, int at) {
        double height = 0.93
                - 0.03 * Math.abs(Math.log(trial.assignment().number("learningRate") / 0.05))
                - 0.003 * Math.abs(trial.assignment().number("width") - 20)
                + 0.01 * random.nextGaussian();
        double accuracy = Math.max(0.1, Math.min(1, height)) * (1 - Math.exp(-at / 4.0));
        return new EpochMetrics(at, 0.1, 1, 0.5, 1 - accuracy, accuracy, 500, 2);
    }

    private void decided(Decisions kind, Start start) {
        Start end = Start.now();
        kind.add(start, end);
        all.add(start, end);
    }

    private void print(PrintStream out) {
        for (Decisions kind : List.of(next, epoch, complete, all)) {
            out.println(kind);
            out.println(kind.lastTenth());
        }
    }
}
