package io.residual.training.loop;

import java.util.List;

/** Several watchers as one. */
record LoopListeners(List<TrainingLoop.Watcher> all) implements TrainingLoop.Watcher {
    @Override
    public void epochStarted(Position at, long images) {
        all.forEach(watcher -> watcher.epochStarted(at, images));
    }

    @Override
    public void stepDone(Position at, int images) {
        all.forEach(watcher -> watcher.stepDone(at, images));
    }

    @Override
    public void epochDone(Position at, TrainingLoop.Epoch epoch) {
        all.forEach(watcher -> watcher.epochDone(at, epoch));
    }
}
