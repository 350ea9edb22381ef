package io.residual.evaluation.review;

import io.residual.evaluation.metrics.CohensKappa;
import io.residual.report.Numbers;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.LabelDecision.Verdict;
import io.residual.training.run.LabelDecisions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How far two reviewers agree on the images that both have decided on.
 *
 * @param kappa over their answers: the class of the label from then on, dropped, or unsure
 */
public record Agreement(String first, String second, CohensKappa kappa) {
    /** The agreement of each pair of reviewers that have images in common. */
    public static List<Agreement> of(LabelDecisions decisions) {
        Map<String, Map<LabelDecision.Key, String>> answers = new LinkedHashMap<>();
        for (LabelDecision decision : decisions.inForce()) {
            answers.computeIfAbsent(decision.reviewer(), reviewer -> new LinkedHashMap<>())
                    .put(decision.key(), answer(decision));
        }
        List<String> reviewers = answers.keySet().stream().sorted().toList();
        List<Agreement> pairs = new ArrayList<>();
        for (int i = 0; i < reviewers.size(); i++) {
            for (int j = i + 1; j < reviewers.size(); j++) {
                Map<LabelDecision.Key, String> one = answers.getOrDefault(reviewers.get(i), Map.of());
                Map<LabelDecision.Key, String> other = answers.getOrDefault(reviewers.get(j), Map.of());
                List<LabelDecision.Key> common =
                        one.keySet().stream().filter(other::containsKey).toList();
                if (!common.isEmpty()) {
                    pairs.add(new Agreement(
                            reviewers.get(i),
                            reviewers.get(j),
                            CohensKappa.of(
                                    common.stream().map(one::get).toList(),
                                    common.stream().map(other::get).toList())));
                }
            }
        }
        return pairs;
    }

    /** One line. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "%s and %s: images decided by both %,d, in the same way %,d, Cohen's kappa %s",
                first,
                second,
                kappa.items(),
                kappa.agreed(),
                Numbers.share(kappa.kappa()));
    }

    private static String answer(LabelDecision decision) {
        return decision.verdict() == Verdict.UNSURE || decision.verdict() == Verdict.DROP
                ? decision.outcome()
                : "label " + decision.after();
    }
}
