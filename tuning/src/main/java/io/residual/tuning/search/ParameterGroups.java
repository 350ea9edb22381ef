package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Parts of a conditional space whose parameters had values in the same trials, so that each part can be estimated
 * jointly (Optuna's group decomposition).
 */
final class ParameterGroups {
    private ParameterGroups() {}

    /**
     * A partition of the parameters that have more than one value, as their places in the space, rising in each group;
     * parameters that never had one are alone.
     *
     * @param observed the parameters that had a value in each trial, as bits
     */
    static List<int[]> of(SearchSpace space, Stream<BitSet> observed) {
        List<BitSet> groups = new ArrayList<>();
        observed.distinct().forEach(present -> divide(groups, present));
        int all = space.parameters().size();
        BitSet never = new BitSet();
        never.set(0, all);
        groups.forEach(never::andNot);
        never.stream().forEach(alone -> groups.add(bits(IntStream.of(alone))));
        return groups.stream()
                .map(group -> group.stream()
                        .filter(i -> varies(space.parameters().get(i)))
                        .toArray())
                .filter(group -> group.length > 0)
                .toList();
    }

    /** Divides the groups into their parts inside and outside of a set, and adds what is new. */
    private static void divide(List<BitSet> groups, BitSet present) {
        BitSet left = bits(present.stream());
        List<BitSet> divided = new ArrayList<>();
        for (BitSet group : groups) {
            BitSet inside = bits(group.stream().filter(left::get));
            BitSet outside = bits(group.stream().filter(i -> !left.get(i)));
            divided.add(inside);
            divided.add(outside);
            left.andNot(group);
        }
        divided.add(left);
        groups.clear();
        divided.stream().filter(group -> !group.isEmpty()).forEach(groups::add);
    }

    private static BitSet bits(IntStream set) {
        return set.collect(BitSet::new, BitSet::set, BitSet::or);
    }

    private static boolean varies(Parameter parameter) {
        return !parameter.dimension().size().equals(OptionalLong.of(1));
    }
}
