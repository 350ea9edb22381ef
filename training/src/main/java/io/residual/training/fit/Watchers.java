package io.residual.training.fit;

import java.util.List;

/** Several watchers as one. */
record Watchers(List<Trainer.Watcher> all) implements Trainer.Watcher {
    @Override
    public void epochStarted(Position at, long images) {
        all.forEach(watcher -> watcher.epochStarted(at, images));
    }

    @Override
    public void stepDone(Position at, int images) {
        all.forEach(watcher -> watcher.stepDone(at, images));
    }

    @Override
    public void epochDone(Position at, Trainer.Epoch epoch) {
        all.forEach(watcher -> watcher.epochDone(at, epoch));
    }
}
