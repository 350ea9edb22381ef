package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Parts of a conditional space whose parameters had values in the same trials, so that each part can be estimated
 * jointly (Optuna's group decomposition).
 */
final class ParameterGroups {
    private ParameterGroups() {}

    /**
     * A partition of the parameters that have more than one value, in the order of the space; parameters that never had
     * one are alone.
     */
    static List<List<Parameter>> of(SearchSpace space, List<Assignment> observed) {
        List<Set<String>> groups = new ArrayList<>();
        observed.stream().map(a -> a.values().keySet()).distinct().forEach(names -> divide(groups, names));
        space.parameters().stream()
                .map(Parameter::name)
                .filter(name -> groups.stream().noneMatch(g -> g.contains(name)))
                .toList()
                .forEach(name -> groups.add(Set.of(name)));
        return groups.stream()
                .map(names -> space.parameters().stream()
                        .filter(p -> names.contains(p.name()) && varies(p))
                        .toList())
                .filter(group -> !group.isEmpty())
                .toList();
    }

    /** Divides the groups into their names inside and outside of a set, and adds those that are new. */
    private static void divide(List<Set<String>> groups, Set<String> names) {
        Set<String> left = new LinkedHashSet<>(names);
        List<Set<String>> divided = new ArrayList<>();
        for (Set<String> group : groups) {
            Set<String> inside = new LinkedHashSet<>(group);
            inside.retainAll(left);
            Set<String> outside = new LinkedHashSet<>(group);
            outside.removeAll(left);
            divided.add(inside);
            divided.add(outside);
            left.removeAll(group);
        }
        divided.add(left);
        groups.clear();
        divided.stream().filter(group -> !group.isEmpty()).forEach(groups::add);
    }

    private static boolean varies(Parameter parameter) {
        return !parameter.dimension().size().equals(OptionalLong.of(1));
    }
}
