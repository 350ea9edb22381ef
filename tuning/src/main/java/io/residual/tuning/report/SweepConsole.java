package io.residual.tuning.report;

import io.residual.training.cli.Console;
import io.residual.training.cli.Progress;
import io.residual.training.cli.Terminal;
import io.residual.tuning.confirm.Confirmation;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.trials.FreshRun;
import io.residual.tuning.trials.Ranking;
import io.residual.tuning.trials.SweepForecast;
import io.residual.tuning.trials.SweepListener;
import io.residual.tuning.trials.SweepProgress;
import io.residual.tuning.trials.Trial;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The progress of a sweep: on a terminal a table that is redrawn each second, else a line for each
 * trial that is over.
 */
public final class SweepConsole implements SweepListener, AutoCloseable {
    private static final int BEST = 5;
    private static final int WIDTH = 110;

    private final Terminal terminal;
    private final PrintStream out;
    private final Sweep sweep;
    private final Supplier<List<Trial>> trials;
    private final LongSupplier nanoTime;
    private final long start;
    private final long epochsBefore;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(SweepConsole::daemon);
    private List<String> forecast = List.of();
    private int written;

    /**
     * Starts to show a sweep.
     *
     * @param trials all trials as they are now
     */
    public SweepConsole(Terminal terminal, PrintStream out, Sweep sweep, Supplier<List<Trial>> trials) {
        this(terminal, out, sweep, trials, System::nanoTime);
        if (terminal == Terminal.INTERACTIVE) {
            var unused = clock.scheduleWithFixedDelay(this::redraw, 0, 1, TimeUnit.SECONDS);
        }
    }

    SweepConsole(Terminal terminal, PrintStream out, Sweep sweep, Supplier<List<Trial>> trials, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.out = out;
        this.sweep = sweep;
        this.trials = trials;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.epochsBefore =
                trials.get().stream().mapToLong(Trial::trainedEpochs).sum();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "sweep-table");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public synchronized void trialChanged(Trial trial, SweepProgress progress) {
        if (terminal == Terminal.PLAIN && trial.state() != TrialState.RUNNING) {
            out.println(line(trial) + "; " + line(progress));
        }
    }

    @Override
    public synchronized void forecast(SweepForecast expected) {
        forecast = expected.describe();
        if (terminal == Terminal.PLAIN) {
            forecast.forEach(out::println);
        }
    }

    @Override
    public synchronized void freshRun(Trial trial, int seed) {
        if (terminal == Terminal.PLAIN) {
            out.println(line(trial, seed));
        }
    }

    private String line(Trial trial, int seed) {
        FreshRun run = Objects.requireNonNull(trial.fresh().get(seed));
        return Console.printable("confirm  trial " + trial.number() + ", fresh seed " + (seed + 1) + " "
                + run.state().label()
                + (run.value().isPresent()
                        ? ", " + sweep.objectives().get(0).label() + " "
                                + AssignmentText.of(run.value().getAsDouble())
                        : "")
                + (run.reason().isEmpty() ? "" : " (" + run.reason() + ")"));
    }

    /** Draws the table over the one before. */
    synchronized void redraw() {
        List<String> lines = lines();
        StringBuilder text = new StringBuilder();
        if (written > 0) {
            text.append("\u001b[").append(written).append('A');
        }
        lines.forEach(line -> text.append("\u001b[2K")
                .append(line.length() > WIDTH ? line.substring(0, WIDTH) : line)
                .append('\n'));
        text.append("\u001b[J");
        written = lines.size();
        out.print(text);
        out.flush();
    }

    private List<String> lines() {
        List<Trial> all = trials.get();
        List<String> lines = new ArrayList<>(forecast);
        lines.add(line(SweepProgress.of(sweep.objectives().get(0), all)));
        new Ranking(sweep.objectives(), all)
                .finished().stream().limit(BEST).forEach(trial -> lines.add("  best     " + line(trial)));
        all.stream()
                .filter(trial -> trial.state() == TrialState.RUNNING)
                .forEach(trial -> lines.add("  running  " + line(trial)));
        ConfirmationSection.of(sweep, all)
                .filter(ConfirmationSection::hasStarted)
                .ifPresent(section -> lines.addAll(lines(section.confirmation())));
        return lines;
    }

    /** How far it is, and the first of its trials: one with many trials or seeds must not be taller than the terminal. */
    private List<String> lines(Confirmation confirmation) {
        int done = confirmation.candidates().stream()
                .mapToInt(candidate -> candidate.values().size())
                .sum();
        List<String> lines = new ArrayList<>();
        lines.add("  confirm  " + done + " of at most " + sweep.freshRuns() + " fresh runs done");
        confirmation.candidates().stream()
                .limit(BEST)
                .forEach(candidate -> lines.add(Console.printable("  confirm  trial " + candidate.trial() + ", "
                        + candidate.values().size() + " of " + confirmation.seeds() + " fresh seeds done"
                        + (candidate.values().isEmpty()
                                ? ""
                                : ", mean " + sweep.objectives().get(0).label() + " "
                                        + AssignmentText.of(candidate.mean()))
                        + (candidate.failure().isEmpty() ? "" : " (" + candidate.failure() + ")"))));
        return lines;
    }

    private String line(Trial trial) {
        StringBuilder line = new StringBuilder(
                "trial " + trial.number() + " " + trial.state().label());
        for (Objective objective : sweep.objectives()) {
            OptionalDouble value = trial.latest(objective::of);
            if (value.isPresent()) {
                line.append(String.format(
                        Locale.ROOT, ", %s %s", objective.label(), AssignmentText.of(value.getAsDouble())));
            }
        }
        line.append(" after ").append(trial.epochs()).append(" epochs: ").append(AssignmentText.of(trial.assignment()));
        if (!trial.reason().isEmpty()) {
            line.append(" (").append(trial.reason()).append(')');
        }
        return Console.printable(line.toString());
    }

    private String line(SweepProgress progress) {
        StringBuilder text = new StringBuilder();
        progress.states()
                .forEach((state, count) ->
                        text.append(count).append(' ').append(state.label()).append(", "));
        text.append("best ")
                .append(progress.best()
                        .map(best -> "trial " + best.number() + " at "
                                + AssignmentText.of(
                                        Ranking.value(best, sweep.objectives().get(0))))
                        .orElse("n/a"));
        text.append(", ").append(Progress.duration(elapsed()));
        OptionalDouble left = secondsLeft(progress);
        if (left.isPresent()) {
            text.append(", about ")
                    .append(Progress.duration(left.getAsDouble()))
                    .append(" left");
        }
        return text.toString();
    }

    private double elapsed() {
        return (nanoTime.getAsLong() - start) / 1e9;
    }

    /** Time until the first of the budgets is spent, at the rate so far; empty before the first epoch. */
    private OptionalDouble secondsLeft(SweepProgress progress) {
        long trained = progress.trainedEpochs();
        double epochsPerSecond = (trained - epochsBefore) / elapsed();
        long over = progress.states().entrySet().stream()
                .filter(entry -> entry.getKey().isFinal() || entry.getKey() == TrialState.PAUSED)
                .mapToLong(Map.Entry::getValue)
                .sum();
        List<Double> left = new ArrayList<>();
        if (epochsPerSecond > 0 && sweep.budget().trials().isPresent() && over > 0) {
            double epochsOfTrial = (double) trained / over;
            left.add(Math.max(0, sweep.budget().trials().getAsInt() - over) * epochsOfTrial / epochsPerSecond);
        }
        if (epochsPerSecond > 0 && sweep.budget().epochs().isPresent()) {
            left.add(Math.max(0, sweep.budget().epochs().getAsLong() - trained) / epochsPerSecond);
        }
        sweep.budget().time().ifPresent(limit -> left.add(Math.max(0, limit.toSeconds() - elapsed())));
        return left.stream().mapToDouble(Double::doubleValue).min();
    }

    /** Draws the table a last time. */
    @Override
    public void close() {
        clock.shutdownNow();
        if (terminal == Terminal.INTERACTIVE) {
            redraw();
        }
    }
}
