package io.residual.evaluation.review;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.data.Split;
import io.residual.evaluation.review.DecisionEffect.Group;
import io.residual.report.Numbers;
import io.residual.report.page.Page;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.MeanInterval;
import io.residual.training.run.StrictJson;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What decisions change, as text, as JSON and as a page. */
public record EffectReport(DecisionEffect effect) {
    private static final int DIGITS = 4;

    /** For a terminal. */
    public String text() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "Decisions of %s%nTraining images: %s%nTest images: %s%n",
                reviewers(),
                effect.decisions().summary(Split.TRAIN),
                effect.decisions().summary(Split.TEST)));
        for (Agreement agreement : Agreement.of(effect.decisions())) {
            text.append(agreement.text()).append(System.lineSeparator());
        }
        text.append(String.format(
                Locale.ROOT,
                "%nAccuracy on %s, mean of seeds %s%n%-30s %8s %8s %8s   %s%n",
                effect.evaluated(),
                seeds(),
                "",
                "images",
                "without",
                "with",
                "difference, 95 % interval"));
        for (Group group : effect.groups()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-30s %,8d %8s %8s   %s%n",
                    group.name(),
                    group.images(),
                    Numbers.share(group.meanWithout()),
                    Numbers.share(group.meanWith()),
                    difference(group)));
        }
        return text.append(effect.groups().get(0).verdict())
                .append(System.lineSeparator())
                .toString();
    }

    private String reviewers() {
        return effect.decisions().inForce().stream()
                .map(LabelDecision::reviewer)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private String seeds() {
        return effect.seeds().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String difference(Group group) {
        return Numbers.signed(group.meanDifference(), DIGITS)
                + group.difference()
                        .map(interval -> " (" + Numbers.signed(interval.low(), DIGITS) + " to "
                                + Numbers.signed(interval.high(), DIGITS) + ")")
                        .orElse("");
    }

    /** For programs. */
    public String json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("evaluated", effect.evaluated());
        json.put("labelDecisions", effect.decisions().sha256());
        effect.seeds().forEach(json.putArray("seeds")::add);
        ArrayNode groups = json.putArray("groups");
        for (Group group : effect.groups()) {
            ObjectNode one = groups.addObject().put("name", group.name()).put("images", group.images());
            group.without().forEach(one.putArray("without")::add);
            group.with().forEach(one.putArray("with")::add);
            one.put("meanDifference", group.meanDifference());
            group.difference()
                    .ifPresent(interval -> one.putObject("interval95")
                            .put("low", interval.low())
                            .put("high", interval.high()));
        }
        return StrictJson.pretty(json);
    }

    /** For people. */
    public String html() {
        return Page.of(
                        "What the decisions on labels change",
                        "Networks of the same seeds, trained with and without the decisions of " + reviewers() + ".")
                .with(Section.of("Accuracy")
                        .table(accuracy())
                        .text(sentence())
                        .note("Suspects are reviewed because a network contradicts their labels. So the accuracy on"
                                + " reviewed images alone says how the labels changed, not how good the networks"
                                + " are."))
                .with(Section.of("Decisions").table(decisions()).table(agreement()))
                .toHtml();
    }

    private Table accuracy() {
        Table table = Table.of(
                "Accuracy on " + effect.evaluated() + ", mean of seeds " + seeds(),
                Column.text("images"),
                Column.number("number"),
                Column.number("without decisions"),
                Column.number("with decisions"),
                Column.number("difference, " + Numbers.percent(MeanInterval.LEVEL, 0) + " interval"));
        for (Group group : effect.groups()) {
            table = table.row(
                    group.name(),
                    Numbers.count(group.images()),
                    Numbers.share(group.meanWithout()),
                    Numbers.share(group.meanWith()),
                    difference(group));
        }
        return table;
    }

    private String sentence() {
        return "On all of them: " + effect.groups().get(0).verdict() + ".";
    }

    private Table decisions() {
        Map<String, Long> counts = new TreeMap<>();
        for (LabelDecision decision : effect.decisions().agreed()) {
            String change = decision.before() + ", "
                    + switch (decision.verdict()) {
                        case RELABEL -> "relabelled " + decision.after();
                        case KEEP -> "kept";
                        case DROP -> "dropped";
                        case UNSURE, UNDO -> "unsure";
                    };
            counts.merge((decision.part() == Split.TEST ? "test" : "training") + ": " + change, 1L, Long::sum);
        }
        Table table = Table.of("What was decided", Column.text("label"), Column.number("images"));
        for (Map.Entry<String, Long> entry : counts.entrySet()) {
            table = table.row(entry.getKey(), Numbers.count(entry.getValue()));
        }
        return table;
    }

    private Table agreement() {
        Table table = Table.of(
                "Agreement of reviewers",
                Column.text("reviewers"),
                Column.number("images decided by both"),
                Column.number("in the same way"),
                Column.number("Cohen's kappa"));
        List<Agreement> pairs = Agreement.of(effect.decisions());
        for (Agreement pair : pairs) {
            table = table.row(
                    pair.first() + " and " + pair.second(),
                    Numbers.count(pair.kappa().items()),
                    Numbers.count(pair.kappa().agreed()),
                    Numbers.share(pair.kappa().kappa()));
        }
        return pairs.isEmpty()
                ? table.row("one reviewer", Numbers.NOT_AVAILABLE, Numbers.NOT_AVAILABLE, Numbers.NOT_AVAILABLE)
                : table;
    }
}
