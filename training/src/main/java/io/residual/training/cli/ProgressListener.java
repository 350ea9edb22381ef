package io.residual.training.cli;

import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.loop.Score;
import io.residual.training.loop.TrainingListener;

/** Shows the progress of training. */
final class ProgressListener implements TrainingListener {
    private final Progress progress;

    ProgressListener(Progress progress) {
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
    public void epochDone(Position at, EpochMetrics metrics) {
        progress.epochDone(metrics);
    }
}
