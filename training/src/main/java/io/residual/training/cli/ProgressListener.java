package io.residual.training.cli;

import io.residual.training.loop.Position;
import io.residual.training.loop.Score;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.run.EpochMetrics;

/** Shows whoever waits how far training has come. */
public final class ProgressListener implements TrainingLoop.Watcher {
    private final Progress progress;

    public ProgressListener(Progress progress) {
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
    public void epochDone(Position at, TrainingLoop.Epoch epoch) {
        progress.epochDone(EpochMetrics.of(epoch));
    }
}
