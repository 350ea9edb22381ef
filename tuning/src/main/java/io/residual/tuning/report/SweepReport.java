package io.residual.tuning.report;

import io.residual.report.chart.Chart;
import io.residual.report.page.Block;
import io.residual.report.page.Block.Facts.Fact;
import io.residual.report.page.Page;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.training.config.SpecFile;
import io.residual.tuning.search.Parameter;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.trials.Ranking;
import io.residual.tuning.trials.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The page of a sweep: what was best, which settings matter, and every trial. */
record SweepReport(Sweep sweep, List<Trial> trials) {
    /** With fewer finished trials, it cannot be seen how the objective depends on the settings. */
    private static final int MIN_FINISHED = 4;

    Page page() {
        Ranking ranking = new Ranking(sweep.objectives(), trials);
        TrialCharts ofTrials = new TrialCharts(ranking);
        Page page = Page.of("Sweep", summary()).with(results(ranking));
        Optional<ConfirmationSection> confirmation =
                ConfirmationSection.of(sweep, trials).filter(ConfirmationSection::hasStarted);
        if (confirmation.isPresent()) {
            page = page.with(confirmation.get().section());
        }
        if (trials.stream().anyMatch(trial -> trial.epochs() > 0)) {
            page = page.with(Section.of("History").charts(ofTrials.history(), ofTrials.curves()));
        }
        Optional<? extends Chart> front = ofTrials.front();
        if (front.isPresent()) {
            page = page.with(Section.of("Trade-off").charts(front.get()));
        }
        return settings(page, ranking).with(Section.of("All trials").table(table()));
    }

    private String summary() {
        return sweep.searcher().label() + " search over "
                + sweep.space().parameters().stream().map(Parameter::name).collect(Collectors.joining(", "))
                + "; objective: "
                + sweep.objectives().stream().map(Objective::label).collect(Collectors.joining(" and "))
                + " after the last epoch.";
    }

    private Section results(Ranking ranking) {
        Objective first = sweep.objectives().get(0);
        List<Fact> facts = new ArrayList<>();
        facts.add(ranking.best()
                .map(best -> new Fact(
                        "best " + first.label() + (sweep.confirm().isPresent() ? " found" : ""),
                        AssignmentText.of(Ranking.value(best, first)),
                        "trial " + best.number()))
                .orElse(new Fact("best " + first.label(), "n/a", "no trial is finished")));
        facts.add(new Fact("trials", Integer.toString(trials.size()), states(ranking)));
        long epochs = trials.stream().mapToLong(Trial::trainedEpochs).sum();
        facts.add(new Fact("epochs trained", String.format(Locale.ROOT, "%,d", epochs), saved(epochs)));
        boolean confirmed = ConfirmationSection.of(sweep, trials)
                .flatMap(of -> of.confirmation().winner())
                .isPresent();
        Section section = Section.of("Result").with(new Block.Facts(facts));
        return ConfirmationSection.best(sweep, trials)
                .map(best -> section.text((confirmed ? "The confirmation was won by trial " : "Of trial ")
                                + best.number() + ": " + AssignmentText.of(best.assignment())
                                + ". best.yaml has its complete spec, ready as a preset to train.")
                        .details(
                                "Complete spec",
                                new Block.Code(
                                        "spec of trial " + best.number(),
                                        SpecFile.write(sweep.spec(best.assignment())))))
                .orElse(section);
    }

    private static String states(Ranking ranking) {
        return Arrays.stream(TrialState.values())
                .filter(state -> ranking.count(state) > 0)
                .map(state -> ranking.count(state) + " " + state.label())
                .collect(Collectors.joining(", "));
    }

    private String saved(long epochs) {
        long complete = (long) trials.size()
                * sweep.seeds()
                * sweep.baseSpec().optimisation().epochs();
        return complete > epochs ? String.format(Locale.ROOT, "%,d without stopping early", complete) : "";
    }

    private Page settings(Page page, Ranking ranking) {
        if (ranking.finished().size() < MIN_FINISHED) {
            return page;
        }
        ParameterCharts charts = new ParameterCharts(sweep.space().parameters(), ranking);
        ParameterImportance shares = ParameterImportance.of(sweep.space(), ranking);
        Section section = Section.of("Settings");
        if (!shares.largestFirst().isEmpty()) {
            section = section.text(shares.sentence()).charts(shares.chart());
        }
        if (charts.parallel().isPresent()) {
            section = section.charts(charts.parallel().get());
        }
        Optional<? extends Chart> contour = charts.contour(shares.names());
        if (contour.isPresent()) {
            section = section.charts(contour.get());
        }
        return page.with(section.with(new Block.Charts(List.copyOf(charts.slices()))));
    }

    private Table table() {
        List<Table.Column> columns = new ArrayList<>();
        columns.add(Table.Column.number("trial"));
        columns.add(Table.Column.text("state"));
        columns.add(Table.Column.number("epochs"));
        sweep.objectives().forEach(objective -> columns.add(Table.Column.number(objective.label())));
        sweep.space().parameters().forEach(parameter -> columns.add(Table.Column.number(parameter.name())));
        columns.add(Table.Column.text("reason"));
        return new Table(
                "All trials of the sweep.",
                columns,
                trials.stream().map(this::row).toList());
    }

    private List<String> row(Trial trial) {
        List<String> cells = new ArrayList<>();
        cells.add(Long.toString(trial.number()));
        cells.add(trial.state().label());
        cells.add(Integer.toString(trial.epochs()));
        for (Objective objective : sweep.objectives()) {
            OptionalDouble value = trial.latest(objective::of);
            cells.add(value.isPresent() ? AssignmentText.of(value.getAsDouble()) : "n/a");
        }
        for (Parameter parameter : sweep.space().parameters()) {
            cells.add(trial.assignment()
                    .value(parameter.name())
                    .map(AssignmentText::of)
                    .orElse("n/a"));
        }
        cells.add(trial.reason());
        return cells;
    }
}
