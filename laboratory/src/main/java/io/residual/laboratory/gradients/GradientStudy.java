package io.residual.laboratory.gradients;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.Batch;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.laboratory.experiments.training.EtaPrinter;
import io.residual.laboratory.experiments.training.StudiedNetwork;
import io.residual.laboratory.gradients.Snapshot.OfParameter;
import io.residual.laboratory.gradients.StudyResult.Trajectory;
import io.residual.laboratory.gradients.magnitudes.Magnitudes;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Position;
import io.residual.training.loop.ScoreSum;
import io.residual.training.loop.TrainingListener;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Measures networks on the same images, at the start and along their training. A network is measured on the first batches of
 * training images in the order of its seed, without augmentation, in training mode.
 */
public final class GradientStudy {
    /** A measured pass computes as much as a step, and reads all of it. */
    private static final double PASS_OVER_STEP = 2;

    private final ComputeKernels kernels;
    private final ImageSet training;
    private final ImageSet validation;
    private final int batches;
    private final EtaPrinter progress;

    /** @param batches that each measurement is over, at least 1 */
    public GradientStudy(
            ComputeKernels kernels, ImageSet training, ImageSet validation, int batches, EtaPrinter progress) {
        this.kernels = kernels;
        this.training = training;
        this.validation = validation;
        this.batches = batches;
        this.progress = progress;
    }

    /** The cost of studying a network, in units of one layer on one image. */
    public static double work(TrainingSpec spec, MeasurementSteps moments, int batches) {
        return cost(spec) * (moments.steps() + 1 + moments.all().size() * batches * PASS_OVER_STEP);
    }

    private static double cost(TrainingSpec spec) {
        return (double) spec.network().depth() * spec.optimisation().batchSize();
    }

    /** Measures a network, trains it for some steps as {@code train} does, and measures it along the way. */
    public Trajectory train(TrainingSpec spec, MeasurementSteps moments) {
        ResNetSpec resNet =
                spec.resNet(training.channels(), training.classNames().size());
        Network network = ModelFiles.untrained(spec, resNet, kernels, line -> {});
        Recorder recorder = new Recorder(spec, resNet, network, probes(spec), moments);
        recorder.measure(0);
        String divergence = "";
        try {
            TrainingLoop.of(network, spec, training, validation)
                    .train(Position.START, spec.optimisation().epochs(), recorder, recorder::isOver);
        } catch (ResidualException e) {
            if (e.kind() != Kind.DIVERGED) {
                throw e;
            }
            divergence = String.valueOf(e.getMessage());
        }
        return new Trajectory(StudiedNetwork.of(spec), recorder.snapshots, recorder.losses, divergence);
    }

    /** Measures the network of a run at its start, and with its saved weights. */
    public Trajectory checkpoints(RunDirectory run) {
        TrainingSpec spec = run.spec();
        ResNetSpec resNet =
                spec.resNet(training.channels(), training.classNames().size());
        List<DataSet> probes = probes(spec);
        List<Snapshot> snapshots = new ArrayList<>();
        snapshots.add(measure("start", ModelFiles.untrained(spec, resNet, kernels, line -> {}), resNet, probes, spec));
        for (SavedModel checkpoint : List.of(SavedModel.BEST, SavedModel.LAST)) {
            Network network = ModelFiles.load(run, checkpoint, kernels);
            snapshots.add(measure(checkpoint + " epoch", network, resNet, probes, spec));
        }
        return new Trajectory(StudiedNetwork.of(spec), snapshots, List.of(), "");
    }

    private Snapshot measure(
            String moment, Network network, ResNetSpec resNet, List<DataSet> probes, TrainingSpec spec) {
        progress.starting(StudiedNetwork.of(spec).name() + ": measuring at " + moment);
        ComputationGraph graph = network.graph();
        Snapshot snapshot = GradientProbe.measure(moment, graph, NetworkMap.of(resNet, graph), probes);
        progress.finished(cost(spec) * batches * PASS_OVER_STEP);
        return snapshot;
    }

    private List<DataSet> probes(TrainingSpec spec) {
        ImageBatches all = new ImageBatches(
                training, spec.optimisation().batchSize(), spec.data().input(), new BatchOrder.Shuffled(spec.seed()));
        List<DataSet> first = new ArrayList<>();
        while (first.size() < batches && all.hasNext()) {
            Batch batch = all.next();
            first.add(new DataSet(
                    batch.images(), batch.oneHot(training.classNames().size())));
        }
        return first;
    }

    /** Measures at the moments, and a step later how far that step has moved the parameters. */
    private final class Recorder implements TrainingListener {
        private final TrainingSpec spec;
        private final ResNetSpec resNet;
        private final Network network;
        private final List<DataSet> probes;
        private final MeasurementSteps moments;
        private final List<Snapshot> snapshots = new ArrayList<>();
        private final List<Double> losses = new ArrayList<>();
        private Optional<UpdateRatios> step = Optional.empty();
        private ScoreSum before = ScoreSum.NONE;

        Recorder(
                TrainingSpec spec, ResNetSpec resNet, Network network, List<DataSet> probes, MeasurementSteps moments) {
            this.spec = spec;
            this.resNet = resNet;
            this.network = network;
            this.probes = probes;
            this.moments = moments;
        }

        void measure(long steps) {
            String moment = steps == 0 ? "start" : "step " + steps;
            snapshots.add(GradientStudy.this.measure(moment, network, resNet, probes, spec));
            step = Optional.of(new UpdateRatios(network.graph()));
        }

        /** One step more than asked for: the last snapshot records how far it moves the parameters. */
        boolean isOver() {
            return losses.size() > moments.steps();
        }

        @Override
        public void epochStarted(Position at, long images) {
            before = at.score();
        }

        @Override
        public void stepDone(Position at, int images) {
            losses.add((at.score().loss() - before.loss()) / images);
            before = at.score();
            progress.finished(cost(spec));
            progress.starting(
                    StudiedNetwork.of(spec).name() + ": step " + losses.size() + " of " + (moments.steps() + 1));
            step.ifPresent(updates -> {
                int last = snapshots.size() - 1;
                snapshots.set(last, updates.after(network.graph(), snapshots.get(last)));
            });
            step = Optional.empty();
            if (moments.contains(at.iterations()) && !isOver()) {
                measure(at.iterations());
            }
        }
    }

    /** How far a step moves each parameter, as a share of its norm. */
    private static final class UpdateRatios {
        private final Map<String, INDArray> before = new HashMap<>();

        /** Keeps the parameters of a network as they are before a step. */
        UpdateRatios(ComputationGraph graph) {
            graph.paramTable().forEach((name, value) -> before.put(name, value.dup()));
        }

        /** The snapshot of that moment with what the step has changed since. */
        Snapshot after(ComputationGraph graph, Snapshot snapshot) {
            return snapshot.withParameters(snapshot.parameters().stream()
                    .map(parameter -> parameter.withUpdateRatio(ratio(graph, parameter)))
                    .toList());
        }

        private OptionalDouble ratio(ComputationGraph graph, OfParameter parameter) {
            String name = GradientProbe.name(parameter.vertex(), parameter.key());
            INDArray change = graph.getParam(name).sub(before.get(name));
            double ratio = Magnitudes.of(change, 1).norm().orElse(Double.NaN) / parameter.norm();
            return Double.isFinite(ratio) ? OptionalDouble.of(ratio) : OptionalDouble.empty();
        }
    }
}
