package io.residual.training.loop;

import java.util.List;

/** What training reports while it runs, on the thread that trains. */
public interface TrainingListener {
    /**
     * Before the first step of an epoch, or before the rest of one that was interrupted.
     *
     * @param images of the complete epoch
     */
    default void epochStarted(Position at, long images) {}

    /** After each step, or several that were taken together, of so many images. */
    default void stepDone(Position at, int images) {}

    /** After each epoch and its validation. */
    default void epochDone(Position at, EpochMetrics metrics) {}

    /** Several listeners as one, called in this order. */
    static TrainingListener all(List<TrainingListener> listeners) {
        List<TrainingListener> all = List.copyOf(listeners);
        return new TrainingListener() {
            @Override
            public void epochStarted(Position at, long images) {
                all.forEach(listener -> listener.epochStarted(at, images));
            }

            @Override
            public void stepDone(Position at, int images) {
                all.forEach(listener -> listener.stepDone(at, images));
            }

            @Override
            public void epochDone(Position at, EpochMetrics metrics) {
                all.forEach(listener -> listener.epochDone(at, metrics));
            }
        };
    }
}
