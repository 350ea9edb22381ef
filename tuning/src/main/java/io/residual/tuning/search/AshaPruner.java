package io.residual.tuning.search;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Asynchronous successive halving (Li et al. 2020, algorithm 2): a trial stops at each rung, after {@code minResource}
 * epochs, {@code reduction} times as many, and so on, and goes on to the next once it is among the best
 * {@code 1 / reduction} of the trials that came as far. Until then it is paused, and continued from its checkpoint.
 *
 * <p>A diverged trial counts as the worst on the first rung that it did not reach.
 *
 * @param minResource epochs up to the first rung, at least 1
 * @param maxResource epochs of a whole trial, at least {@code minResource}
 * @param reduction at least 2
 */
public record AshaPruner(Direction direction, int minResource, int maxResource, int reduction) implements Pruner {
    public AshaPruner {
        if (!(minResource >= 1 && maxResource >= minResource && reduction >= 2)) {
            throw new IllegalArgumentException(
                    "successive halving needs 1 <= first rung <= epochs and a reduction factor of at least 2, got "
                            + minResource + ", " + maxResource + " and " + reduction);
        }
    }

    @Override
    public PruningDecision after(long trial, int resource, LearningCurves table) {
        if (resource >= maxResource || !rungs().contains(resource)) {
            return new PruningDecision.Continue();
        }
        if (isAmongTheBest(trial, resource, table)) {
            return new PruningDecision.Continue();
        }
        OptionalLong other = promotable(table);
        return other.isPresent() ? new PruningDecision.Promote(other.getAsLong()) : new PruningDecision.Pause();
    }

    /** The best paused trial of the highest rung that has one to promote. */
    @Override
    public OptionalLong promotable(LearningCurves table) {
        return rungs().stream()
                .sorted(Comparator.reverseOrder())
                .flatMap(rung -> best(rung, table).stream()
                        .filter(place -> place.isPausedAt(rung))
                        .limit(1))
                .mapToLong(Place::trial)
                .findFirst();
    }

    /** Epochs after which trials are compared, in rising order. */
    List<Integer> rungs() {
        return Stream.iterate((long) minResource, rung -> rung < maxResource, rung -> rung * reduction)
                .map(Math::toIntExact)
                .toList();
    }

    private boolean isAmongTheBest(long trial, int rung, LearningCurves table) {
        return best(rung, table).stream().anyMatch(place -> place.trial() == trial);
    }

    /** The best of the trials that came to a rung, the first of equals first. */
    private List<Place> best(int rung, LearningCurves table) {
        List<Place> places = table.trials().entrySet().stream()
                .flatMap(entry -> place(entry, rung).stream())
                .sorted(Comparator.comparingDouble(Place::loss).thenComparingLong(Place::trial))
                .toList();
        return places.stream()
                .limit(places.size() / reduction)
                .filter(place -> place.loss() < Double.POSITIVE_INFINITY)
                .toList();
    }

    private Optional<Place> place(Map.Entry<Long, LearningCurves.Row> entry, int rung) {
        LearningCurves.Row row = entry.getValue();
        Optional<Double> value = row.value(rung);
        if (value.isPresent()) {
            return Optional.of(new Place(entry.getKey(), direction.loss(value.get()), row));
        }
        boolean divergedBelow = row.state() == LearningCurves.State.DIVERGED
                && row.resource() < rung
                && rungs().stream().allMatch(r -> r >= rung || r <= row.resource());
        return divergedBelow ? Optional.of(new Place(entry.getKey(), Double.POSITIVE_INFINITY, row)) : Optional.empty();
    }

    private record Place(long trial, double loss, LearningCurves.Row row) {
        boolean isPausedAt(int rung) {
            return row.state() == LearningCurves.State.PAUSED && row.resource() == rung;
        }
    }
}
