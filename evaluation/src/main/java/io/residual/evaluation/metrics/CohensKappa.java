package io.residual.evaluation.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * How far two people agree on the classes of the same items, beyond what they would by chance (J. Cohen, <i>A Coefficient of
 * Agreement for Nominal Scales</i>, 1960).
 *
 * @param items how many both have classified, at least 1
 * @param agreed how many of them in the same way
 * @param byChance the share that would agree if each answered at random with the shares of his or her own answers
 */
public record CohensKappa(int items, int agreed, double byChance) {
    /**
     * Counts.
     *
     * @param second answers to the same items in the same order
     * @throws IllegalArgumentException if there are none, or more of one than of the other
     */
    public static CohensKappa of(List<String> first, List<String> second) {
        int items = first.size();
        if (items == 0 || second.size() != items) {
            throw new IllegalArgumentException(items + " and " + second.size() + " answers cannot be compared");
        }
        Map<String, Integer> ofFirst = new HashMap<>();
        Map<String, Integer> ofSecond = new HashMap<>();
        first.forEach(answer -> ofFirst.merge(answer, 1, Integer::sum));
        second.forEach(answer -> ofSecond.merge(answer, 1, Integer::sum));
        double byChance = ofFirst.entrySet().stream()
                .mapToDouble(entry -> (double) entry.getValue() * ofSecond.getOrDefault(entry.getKey(), 0))
                .sum();
        int agreed = (int) IntStream.range(0, items)
                .filter(i -> first.get(i).equals(second.get(i)))
                .count();
        return new CohensKappa(items, agreed, byChance / items / items);
    }

    /** 1 if they always agree, 0 if as often as by chance; undefined if both gave the same answer to all items. */
    public OptionalDouble kappa() {
        double share = (double) agreed / items;
        return byChance == 1 ? OptionalDouble.empty() : OptionalDouble.of((share - byChance) / (1 - byChance));
    }
}
