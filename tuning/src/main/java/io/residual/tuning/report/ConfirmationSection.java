package io.residual.tuning.report;

import io.residual.report.Numbers;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.chart.Scatter;
import io.residual.report.page.Block.Facts.Fact;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.training.run.MeanInterval;
import io.residual.tuning.confirm.Candidate;
import io.residual.tuning.confirm.Confirmation;
import io.residual.tuning.confirm.Confirmation.Progress;
import io.residual.tuning.confirm.Winner;
import io.residual.tuning.search.Direction;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.trials.Finalists;
import io.residual.tuning.trials.Ranking;
import io.residual.tuning.trials.Trial;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What fresh seeds say about the best trials of a search: in sentences, and as a part of its page. */
record ConfirmationSection(Objective objective, Confirmation confirmation) {
    private static final int DECIMALS = 4;
    /** Of images per second. */
    private static final int SPEED_DECIMALS = 1;

    static Optional<ConfirmationSection> of(Sweep sweep, List<Trial> trials) {
        return Finalists.confirmation(sweep, trials)
                .map(confirmation -> new ConfirmationSection(sweep.objectives().get(0), confirmation));
    }

    /** The trial that won; without a confirmation, or a winner of it, the best of the search. */
    static Optional<Trial> best(Sweep sweep, List<Trial> trials) {
        return Finalists.confirmation(sweep, trials)
                .flatMap(Confirmation::winner)
                .flatMap(winner -> trials.stream()
                        .filter(trial -> trial.number() == winner.candidate().trial())
                        .findFirst())
                .or(() -> new Ranking(sweep.objectives(), trials).best());
    }

    /** Whether a fresh run is over. */
    boolean hasStarted() {
        return confirmation.candidates().stream()
                .anyMatch(candidate ->
                        !candidate.values().isEmpty() || !candidate.failure().isEmpty());
    }

    /** {@code found 0.9142, worth 0.9094 +- 0.0012, selection bias 0.0048}. */
    String values(Winner winner) {
        return "found " + text(winner.candidate().found()) + ", worth " + text(winner.worth()) + ", selection bias "
                + text(winner.bias());
    }

    /** Whether the second is distinguishable from the winner, and what became of the search's own best. */
    String others(Winner winner) {
        String second = winner.second()
                .map(other -> "The second, trial " + other.candidate().trial() + ", is "
                        + (other.isDistinguishable() ? "distinguishable" : "not distinguishable")
                        + ": over the same seeds trial " + winner.candidate().trial() + " is better by "
                        + text(other.advantage()) + ".")
                .orElse("No other trial was confirmed.");
        Candidate best = confirmation.candidates().get(0);
        boolean lost = !best.equals(winner.candidate()) && !best.values().isEmpty();
        return second
                + (lost
                        ? " The best of the search, trial " + best.trial() + ", found " + text(best.found())
                                + ", has a mean of " + text(best.mean()) + " with fresh seeds."
                        : "");
    }

    /** The part of the page; without a winner, why there is none. */
    Section section() {
        Section section = Section.of("Confirmation")
                .text("The value for which a trial is chosen among many is partly luck. The best "
                        + confirmation.candidates().size() + " trials are therefore trained again with "
                        + confirmation.seeds() + " seeds that the search has not seen, the same for all of them.");
        Optional<Winner> winner = confirmation.winner();
        if (winner.isPresent()) {
            section = section.facts(facts(winner.get())).text(onPage(others(winner.get())));
        } else {
            int missing = confirmation.progress().missing().size();
            section = section.note(
                    missing > 0
                            ? "Not over: at least " + missing + " runs are missing."
                            : "No winner: each of these trials has a fresh run without a value.");
        }
        return (values().isEmpty() ? section : section.charts(chart())).table(table(winner));
    }

    private Fact[] facts(Winner winner) {
        return new Fact[] {
            new Fact(
                    objective.label() + ", worth",
                    onPage(text(winner.worth())),
                    "trial " + winner.candidate().trial() + ", 95 % interval"),
            new Fact("found by the search", text(winner.candidate().found()), "the value it was chosen for"),
            new Fact(
                    "selection bias",
                    text(winner.bias()),
                    objective.direction() == Direction.MAXIMISE ? "found minus worth" : "worth minus found"),
        };
    }

    /** With the sign that plain text does without, and no line break at it. */
    private static String onPage(String text) {
        return text.replace(" +- ", "\u00a0\u00b1\u00a0");
    }

    private List<Double> values() {
        return confirmation.candidates().stream()
                .flatMap(candidate -> candidate.sample().stream())
                .toList();
    }

    private Plot chart() {
        List<Candidate> candidates = confirmation.candidates();
        return Plot.of(
                "Found and confirmed",
                "What the search found for each of these trials, and the values of the fresh seeds.",
                Axis.categories(
                        "trial",
                        candidates.stream()
                                .map(candidate -> Long.toString(candidate.trial()))
                                .toList()),
                Axis.linear(objective.label()),
                new Scatter(
                        "fresh seeds",
                        IntStream.range(0, candidates.size())
                                .boxed()
                                .flatMap(i -> candidates.get(i).values().entrySet().stream()
                                        .map(value -> dot(i, value.getValue(), "fresh seed " + (value.getKey() + 1))))
                                .toList()),
                new Scatter(
                        "found by the search",
                        IntStream.range(0, candidates.size())
                                .mapToObj(i -> dot(i, candidates.get(i).found(), "found by the search"))
                                .toList()));
    }

    private Scatter.Dot dot(int x, double value, String what) {
        return new Scatter.Dot(new Point(x, value), OptionalDouble.empty(), what + ": " + text(value));
    }

    private Table table(Optional<Winner> winner) {
        Progress progress = confirmation.progress();
        return Table.of(
                        "The confirmed trials, in the order of the search.",
                        Table.Column.number("trial"),
                        Table.Column.number("found"),
                        Table.Column.number("fresh seeds, mean"),
                        Table.Column.text("fresh seeds"),
                        Table.Column.text("result"))
                .rows(confirmation.candidates().stream()
                        .map(candidate -> List.of(
                                Long.toString(candidate.trial()),
                                text(candidate.found()),
                                candidate.values().isEmpty() ? Numbers.NOT_AVAILABLE : text(candidate.mean()),
                                candidate.sample().stream().map(this::text).collect(Collectors.joining(", ")),
                                result(candidate, progress, winner)))
                        .toList());
    }

    private String result(Candidate candidate, Progress progress, Optional<Winner> winner) {
        if (!candidate.failure().isEmpty()) {
            return candidate.failure();
        }
        Double p = progress.stopped().get(candidate.trial());
        if (p != null) {
            return "stopped after " + candidate.values().size() + " seeds: worse, p " + Numbers.pValue(p);
        }
        return winner.map(Winner::candidate).filter(candidate::equals).isPresent() ? "winner" : "";
    }

    private String text(double value) {
        return Numbers.fixed(value, objective == Objective.IMAGES_PER_SECOND ? SPEED_DECIMALS : DECIMALS);
    }

    private String text(MeanInterval interval) {
        return text(interval.mean()) + " +- " + text(interval.high() - interval.mean());
    }
}
