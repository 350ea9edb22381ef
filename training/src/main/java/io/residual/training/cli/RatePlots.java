package io.residual.training.cli;

import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.chart.ReferenceLine;
import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.RateCurve;
import io.residual.training.loop.RateFinder;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.optim.LearningRate;
import io.residual.training.optim.Update;
import io.residual.training.run.Backend;
import io.residual.training.run.DataSources;
import io.residual.training.run.ModelFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** Plots of learning rates, without a run: the schedule of a spec, and a range test. */
final class RatePlots {
    private static final double MIN_RATE = 1e-5;
    private static final double MAX_RATE = 10;
    private static final int STEPS = 200;
    private static final int MAX_POINTS = 400;

    private RatePlots() {}

    /** Draws the schedule of a spec on the images that it names. */
    static void plotSchedule(TrainingSpec spec, Path file) {
        int images = DataSources.find(spec.data())
                .open(Split.TRAIN, StratifiedSplit.SEED)
                .size();
        OptimisationSpec optimisation = spec.optimisation();
        int batches = (images + optimisation.batchSize() - 1) / optimisation.batchSize();
        long perEpoch = Update.perEpoch(optimisation, batches);
        LearningRate rate = LearningRate.of(optimisation, perEpoch);
        long updates = perEpoch * optimisation.epochs();
        long every = Math.max(1, updates / MAX_POINTS);
        List<Point> points = LongStream.range(0, updates)
                .filter(update -> update % every == 0 || update == updates - 1)
                .mapToObj(update -> new Point((double) update / perEpoch, rate.at(update)))
                .toList();
        Plot plot = Plot.of(
                "Learning rate",
                String.format(
                        Locale.ROOT,
                        "The learning rate of %d updates in %d epochs, from %.3g to %.3g",
                        updates,
                        optimisation.epochs(),
                        rate.at(0),
                        rate.at(updates - 1)),
                Axis.linear("epoch"),
                Axis.linear("learning rate"),
                Line.plain("learning rate", points));
        OutputFile.write(file, plot.toSvgFile(), "give the path of an SVG file to be made");
    }

    /** Runs a range test, and draws its curve. */
    static RateCurve findRate(TrainingSpec spec, KernelChoice kernels, Path file) {
        Backend.require();
        DataSource data = DataSources.find(spec.data());
        ImageSet train = data.open(Split.TRAIN, StratifiedSplit.SEED);
        Network network = ModelFiles.untrained(
                spec, spec.resNet(train.channels(), train.classNames().size()), kernels.resolve(), line -> {});
        RateCurve curve = RateFinder.find(network, spec, TrainingLoop.batches(spec, train), MIN_RATE, MAX_RATE, STEPS);
        List<Point> points =
                curve.points().stream().map(p -> new Point(p.rate(), p.loss())).toList();
        Plot plot = Plot.of(
                "Learning-rate range test",
                String.format(
                        Locale.ROOT,
                        "Loss while the learning rate rises: it falls fastest at %.3g and is lowest at %.3g",
                        curve.steepest(),
                        curve.lowest()),
                Axis.log("learning rate"),
                Axis.linear("training loss, moving average"),
                List.of(
                        Line.plain("loss", points),
                        ReferenceLine.vertical(curve.steepest(), "steepest"),
                        ReferenceLine.vertical(curve.suggestion(), "suggestion")));
        OutputFile.write(file, plot.toSvgFile(), "give the path of an SVG file to be made");
        return curve;
    }
}
