package io.residual.tuning.search;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Asynchronous successive halving (Li et al. 2020, algorithm 2): a trial stops at each rung, after {@code minResource}
 * epochs, {@code reduction} times as many, and so on, and continues to the next once it is among the best
 * {@code 1 / reduction} of the trials that came as far. Until then it is paused, and resumed from its checkpoint.
 *
 * <p>A diverged trial counts as the worst on the first rung that it did not reach.
 *
 * @param minResource epochs up to the first rung, at least 1
 * @param maxResource epochs of a complete trial, at least {@code minResource}
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
    public TrialState after(long trial, int epoch, List<Observation> history) {
        boolean continues = !decidesAfter(trial, epoch, history)
                || best(epoch, history).stream().anyMatch(place -> place.trial() == trial);
        return continues ? TrialState.RUNNING : TrialState.PAUSED;
    }

    @Override
    public boolean decidesAfter(long trial, int epoch, List<Observation> history) {
        return rungs().contains(epoch);
    }

    /** The best paused trial of the highest rung that has one to promote. */
    @Override
    public OptionalLong promotable(List<Observation> history) {
        return rungs().stream()
                .sorted(Comparator.reverseOrder())
                .flatMap(rung -> best(rung, history).stream()
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

    /** The best of the trials that came to a rung, the first of equals first. */
    private List<Place> best(int rung, List<Observation> history) {
        List<Place> places = history.stream()
                .flatMap(observation -> place(observation, rung).stream())
                .sorted(Comparator.comparingDouble(Place::loss).thenComparingLong(Place::trial))
                .toList();
        return places.stream()
                .limit(places.size() / reduction)
                .filter(place -> place.loss() < Double.POSITIVE_INFINITY)
                .toList();
    }

    private Optional<Place> place(Observation trial, int rung) {
        Double value = trial.curve().get(rung);
        if (value != null) {
            return Optional.of(new Place(trial, direction.loss(value)));
        }
        boolean divergedBelow = trial.state() == TrialState.DIVERGED
                && trial.epochs() < rung
                && rungs().stream().allMatch(r -> r >= rung || r <= trial.epochs());
        return divergedBelow ? Optional.of(new Place(trial, Double.POSITIVE_INFINITY)) : Optional.empty();
    }

    private record Place(Observation observation, double loss) {
        long trial() {
            return observation.trial();
        }

        boolean isPausedAt(int rung) {
            return observation.state() == TrialState.PAUSED && observation.epochs() == rung;
        }
    }
}
