package io.residual.evaluation.review;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.evaluation.metrics.Scores;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.LabelDecision.Verdict;
import io.residual.training.run.LabelDecisions;
import io.residual.training.run.MeanInterval;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * What decisions on labels change: the accuracy of networks that were trained with them and without, of the same seeds, on the
 * same images.
 *
 * @param evaluated what the networks were evaluated on, in words, such as "test images"
 * @param groups of these images, all of them first
 */
public record DecisionEffect(LabelDecisions decisions, String evaluated, List<Long> seeds, List<Group> groups) {
    public DecisionEffect {
        seeds = List.copyOf(seeds);
        groups = List.copyOf(groups);
    }

    /**
     * Some of the images.
     *
     * @param without accuracy of each seed, trained without the decisions
     * @param with the same, trained with them
     */
    public record Group(String name, int images, List<Double> without, List<Double> with) {
        public Group {
            without = List.copyOf(without);
            with = List.copyOf(with);
        }

        double meanWithout() {
            return mean(without);
        }

        double meanWith() {
            return mean(with);
        }

        double meanDifference() {
            return meanWith() - meanWithout();
        }

        private static double mean(List<Double> values) {
            return values.stream().mapToDouble(v -> v).average().orElseThrow();
        }

        /** With minus without, seed by seed. */
        List<Double> differences() {
            return IntStream.range(0, with.size())
                    .mapToObj(i -> with.get(i) - without.get(i))
                    .toList();
        }

        /** The interval of their mean; empty for one seed. */
        Optional<MeanInterval> difference() {
            return MeanInterval.of(differences());
        }

        /** What the interval says, in words. */
        String verdict() {
            return difference()
                    .map(interval -> interval.low() > 0
                            ? "better with the decisions"
                            : interval.high() < 0
                                    ? "worse with the decisions"
                                    : "no difference that " + with.size() + " seeds can show")
                    .orElse("one seed shows no difference: train more");
        }
    }

    /**
     * Compares.
     *
     * @param images that no network was trained on, with the labels that the data have
     * @param without scores of the images by the networks that were trained without the decisions, a seed each
     * @param with the same of those that were trained with them
     */
    public static DecisionEffect of(
            LabelDecisions decisions,
            EvaluatedImages images,
            List<Long> seeds,
            List<Scores> without,
            List<Scores> with) {
        List<Group> groups = new ArrayList<>();
        List<Optional<LabelDecision>> made = images.decisions(decisions);
        IntUnaryOperator given = images.images()::label;
        IntUnaryOperator decided = i -> LabelDecisions.label(images.images(), i, made.get(i));
        IntPredicate reviewed =
                i -> made.get(i).filter(one -> one.verdict() != Verdict.UNSURE).isPresent();
        IntPredicate kept =
                i -> made.get(i).filter(one -> one.verdict() == Verdict.DROP).isEmpty();
        record Kind(String name, IntPredicate members, IntUnaryOperator labels) {}
        List<Kind> kinds = new ArrayList<>(List.of(new Kind("all, labels as given", i -> true, given)));
        if (IntStream.range(0, made.size()).anyMatch(reviewed)) {
            kinds.add(new Kind("all, labels as decided", kept, decided));
            kinds.add(new Kind("reviewed, labels as given", reviewed, given));
            kinds.add(new Kind("reviewed, labels as decided", reviewed.and(kept), decided));
            kinds.add(new Kind("not reviewed", reviewed.negate(), given));
        }
        for (Kind kind : kinds) {
            int[] members =
                    IntStream.range(0, made.size()).filter(kind.members()).toArray();
            if (members.length > 0) {
                groups.add(new Group(
                        kind.name(),
                        members.length,
                        accuracies(without, members, kind.labels()),
                        accuracies(with, members, kind.labels())));
            }
        }
        return new DecisionEffect(decisions, images.description(), seeds, groups);
    }

    /**
     * What networks are evaluated on.
     *
     * @param part whose decisions are about these images
     * @param description in words, such as "test images"
     */
    public record EvaluatedImages(ImageSet images, Split part, String description) {
        private List<Optional<LabelDecision>> decisions(LabelDecisions all) {
            return IntStream.range(0, images.size())
                    .mapToObj(i -> all.decision(images, i, part))
                    .toList();
        }
    }

    private static List<Double> accuracies(List<Scores> several, int[] members, IntUnaryOperator labels) {
        return several.stream()
                .map(scores -> IntStream.of(members)
                                .filter(i -> scores.predicted(i) == labels.applyAsInt(i))
                                .count()
                        / (double) members.length)
                .toList();
    }
}
