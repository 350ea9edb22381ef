package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Asynchronous successive halving (Li et al. 2020, algorithm 2): a trial stops at each rung, after {@code minResource}
 * epochs, {@code reduction} times as many, and so on, and continues to the next once it is among the best
 * {@code 1 / reduction} of the trials that came as far. Until then it is paused, and resumed from its checkpoint.
 *
 * <p>A diverged trial counts as the worst on the first rung that it did not reach.
 */
public final class AshaPruner implements Pruner {
    private final Direction direction;
    private final int reduction;
    /** In rising order. */
    private final List<Rung> rungs = new ArrayList<>();

    private final Map<Long, Observation> trials = new HashMap<>();

    /**
     * A pruner of no trials.
     *
     * @param minResource epochs up to the first rung, at least 1
     * @param maxResource epochs of a complete trial, at least {@code minResource}
     * @param reduction at least 2
     */
    public AshaPruner(Direction direction, int minResource, int maxResource, int reduction) {
        if (!(minResource >= 1 && maxResource >= minResource && reduction >= 2)) {
            throw new IllegalArgumentException(
                    "successive halving needs 1 <= first rung <= epochs and a reduction factor of at least 2, got "
                            + minResource + ", " + maxResource + " and " + reduction);
        }
        this.direction = direction;
        this.reduction = reduction;
        int below = 0;
        for (long epoch = minResource; epoch < maxResource; epoch *= reduction) {
            rungs.add(new Rung(below, (int) epoch));
            below = (int) epoch;
        }
    }

    @Override
    public void observe(Observation trial) {
        Observation before = trials.put(trial.trial(), trial);
        rungs.forEach(rung -> rung.change(before, trial));
    }

    @Override
    public void forget(long trial) {
        Observation before = trials.remove(trial);
        rungs.forEach(rung -> rung.change(before, null));
    }

    @Override
    public TrialState after(Observation trial) {
        boolean continues = rungs.stream()
                .filter(rung -> rung.epoch == trial.epochs())
                .allMatch(rung -> rung.isAmongBest(Objects.requireNonNull(rung.place(trial))));
        return continues ? TrialState.RUNNING : TrialState.PAUSED;
    }

    @Override
    public boolean decidesAfter(long trial, int epoch) {
        return rungs().contains(epoch);
    }

    /** The best paused trial of the highest rung that has one to promote. */
    @Override
    public OptionalLong promotable() {
        for (int i = rungs.size() - 1; i >= 0; i--) {
            Rung rung = rungs.get(i);
            if (!rung.paused.isEmpty() && rung.isAmongBest(rung.paused.first())) {
                return OptionalLong.of(rung.paused.first().trial());
            }
        }
        return OptionalLong.empty();
    }

    /** Epochs after which trials are compared, in rising order. */
    List<Integer> rungs() {
        return rungs.stream().map(rung -> rung.epoch).toList();
    }

    /** A trial on a rung. */
    private record Place(double loss, long trial) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparingDouble(Place::loss).thenComparingLong(Place::trial);

        /** The better first, of equals the earlier trial. */
        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /** The trials that came to an epoch. */
    private final class Rung {
        private final int below;
        private final int epoch;
        /** In their order. To insert one of 10,000 shifts references for 2 microseconds, less than a tree would take. */
        private final List<Place> places = new ArrayList<>();

        private final TreeSet<Place> paused = new TreeSet<>();

        /** @param below epochs of the rung before, 0 if it is the first */
        Rung(int below, int epoch) {
            this.below = below;
            this.epoch = epoch;
        }

        /** Replaces a trial by what it is now. */
        void change(@Nullable Observation before, @Nullable Observation now) {
            Place old = before == null ? null : place(before);
            Place next = now == null ? null : place(now);
            if (!Objects.equals(old, next)) {
                if (old != null) {
                    places.remove(Collections.binarySearch(places, old));
                }
                if (next != null) {
                    places.add(-1 - Collections.binarySearch(places, next), next);
                }
            }
            if (old != null) {
                paused.remove(old);
            }
            if (now != null && next != null && now.state() == TrialState.PAUSED && now.epochs() == epoch) {
                paused.add(next);
            }
        }

        /** Where a trial is on this rung; null if it did not come here. */
        private @Nullable Place place(Observation trial) {
            Double value = trial.curve().get(epoch);
            if (value != null) {
                return new Place(direction.loss(value), trial.trial());
            }
            boolean lost = trial.state() == TrialState.DIVERGED && trial.epochs() < epoch && trial.epochs() >= below;
            return lost ? new Place(Double.POSITIVE_INFINITY, trial.trial()) : null;
        }

        /** Whether a trial, which counts on the rung if it was observed there or not, is one of its best. */
        private boolean isAmongBest(Place trial) {
            int found = Collections.binarySearch(places, trial);
            int better = found < 0 ? -1 - found : found;
            int all = places.size() + (found < 0 ? 1 : 0);
            return trial.loss() < Double.POSITIVE_INFINITY && better < all / reduction;
        }
    }
}
