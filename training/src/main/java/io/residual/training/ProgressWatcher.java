package io.residual.training;

import io.residual.training.console.Progress;
import io.residual.training.fit.Position;
import io.residual.training.fit.Score;
import io.residual.training.fit.Trainer;
import io.residual.training.run.EpochMetrics;

/** Shows whoever waits how far training has come. */
final class ProgressWatcher implements Trainer.Watcher {
    private final Progress progress;

    ProgressWatcher(Progress progress) {
        this.progress = progress;
    }

    @Override
    public void epochStarted(Position at, long images) {
        progress.epochStarted(at.epoch(), images, at.score().images());
    }

    @Override
    public void stepDone(Position at, int images) {
        Score soFar = at.score().mean();
        progress.stepDone(images, soFar.loss(), soFar.accuracy());
    }

    @Override
    public void epochDone(Position at, Trainer.Epoch epoch) {
        progress.epochDone(EpochMetrics.of(epoch));
    }
}
