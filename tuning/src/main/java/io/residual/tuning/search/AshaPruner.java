package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
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
    /** The first of equals first. */
    private static final Comparator<Place> ORDER =
            Comparator.comparingDouble(Place::loss).thenComparingLong(Place::trial);

    public AshaPruner {
        if (!(minResource >= 1 && maxResource >= minResource && reduction >= 2)) {
            throw new IllegalArgumentException(
                    "successive halving needs 1 <= first rung <= epochs and a reduction factor of at least 2, got "
                            + minResource + ", " + maxResource + " and " + reduction);
        }
    }

    @Override
    public TrialState after(long trial, int epoch, List<Observation> history) {
        boolean continues = !decidesAfter(trial, epoch, history) || isAmongBest(trial, epoch, history);
        return continues ? TrialState.RUNNING : TrialState.PAUSED;
    }

    private boolean isAmongBest(long trial, int rung, List<Observation> history) {
        List<Place> places = places(rung, history);
        return places.stream().filter(place -> place.trial() == trial).anyMatch(place -> isAmongBest(place, places));
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
                .flatMapToLong(rung -> promotable(rung, history).stream())
                .findFirst();
    }

    private OptionalLong promotable(int rung, List<Observation> history) {
        List<Place> places = places(rung, history);
        return places.stream()
                .filter(place -> place.isPausedAt(rung))
                .min(ORDER)
                .filter(best -> isAmongBest(best, places))
                .map(best -> OptionalLong.of(best.trial()))
                .orElse(OptionalLong.empty());
    }

    /** Epochs after which trials are compared, in rising order. */
    List<Integer> rungs() {
        return Stream.iterate((long) minResource, rung -> rung < maxResource, rung -> rung * reduction)
                .map(Math::toIntExact)
                .toList();
    }

    /** The trials that came to a rung. */
    private List<Place> places(int rung, List<Observation> history) {
        OptionalInt below =
                rungs().stream().mapToInt(r -> r).filter(r -> r < rung).max();
        List<Place> places = new ArrayList<>();
        for (Observation trial : history) {
            Double value = trial.curve().get(rung);
            if (value != null) {
                places.add(new Place(trial, direction.loss(value)));
            } else if (trial.state() == TrialState.DIVERGED
                    && trial.epochs() < rung
                    && trial.epochs() >= below.orElse(0)) {
                places.add(new Place(trial, Double.POSITIVE_INFINITY));
            }
        }
        return places;
    }

    /** Whether a trial is one of the best {@code 1 / reduction} of a rung; to sort them all would take longer. */
    private boolean isAmongBest(Place trial, List<Place> places) {
        long better =
                places.stream().filter(place -> ORDER.compare(place, trial) < 0).count();
        return trial.loss() < Double.POSITIVE_INFINITY && better < places.size() / reduction;
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
