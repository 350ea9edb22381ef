package io.residual.benchmark.dl4j;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Measurement;
import io.residual.data.Batch;
import io.residual.onednn.Availability;
import io.residual.onednn.OneDnn;
import io.residual.training.config.Precision;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.InferencePrecision;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.optim.LabelWeights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Child process: this project, with the steps that {@code train} takes and the network that {@code predict} uses. */
public final class ResidualWorker {
    /** The weights are read from a file, and nothing else is random. */
    private static final long SEED = 1;

    private final Job job;
    private final Network network;
    private final GraphInputs inputs;
    private final INDArray images;

    private ResidualWorker(Job job) throws IOException {
        if (OneDnn.availability() instanceof Availability.Unavailable why) {
            throw new IllegalStateException(why.reason());
        }
        this.job = job;
        ComputeKernels kernels = KernelChoice.ONEDNN.resolve();
        this.network = Network.initial(job.spec(), SEED, kernels, precision(job), Optional.empty());
        this.inputs = GraphInputs.of(job);
        inputs.load(network.graph());
        this.images = inputs.images();
    }

    public static void main(String[] arguments) throws IOException {
        new ResidualWorker(Job.read(arguments)).answer().print(System.out);
    }

    private static Precision precision(Job job) {
        return switch (job.precision()) {
            case F32 -> Precision.FLOAT32;
            case BF16 -> Precision.BF16;
            // Its weights are those of a network that trains in floats.
            case INT8 -> Precision.FLOAT32;
        };
    }

    /** The network as {@code predict} computes it. */
    private Network.Logits inference() {
        return switch (job.precision()) {
            case F32 -> network.inference(InferencePrecision.FLOAT32);
            case BF16 -> network.inference(InferencePrecision.BF16);
            case INT8 -> network.inference(network.ranges(List.of(images)));
        };
    }

    private Measurement answer() {
        Map<String, String> versions = versions();
        long parameters = job.spec().parameters();
        return switch (job.task()) {
            case TRAIN -> {
                Training training = new Training();
                yield Measurement.timed(job.plan().time(training::step), parameters, versions);
            }
            case INFER -> {
                Network.Logits inference = inference();
                yield Measurement.timed(job.plan().time(() -> inference.of(images)), parameters, versions);
            }
            case CHECK ->
                Measurement.checked(
                        Measurement.logProbabilities(inference().of(images)),
                        job.precision() == io.residual.benchmark.measurement.Precision.INT8
                                ? List.of()
                                : losses(new Training()),
                        parameters,
                        versions);
        };
    }

    private static Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>(StockWorker.versions());
        if (OneDnn.availability() instanceof Availability.Available oneDnn) {
            versions.put("oneDNN", oneDnn.version());
        }
        return versions;
    }

    private static List<Double> losses(Training training) {
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < Job.CHECKED_STEPS; i++) {
            losses.add(training.step());
        }
        return losses;
    }

    /** What a run does with its batches, on one that is reused. */
    private final class Training {
        private final GraphExecutor executor;
        private final Batch batch;
        private long iteration;

        Training() {
            this.executor = new GraphExecutor(
                    network, spec(), LabelWeights.equal(job.spec().classes()), 1);
            this.batch = new Batch(images, inputs.labels());
        }

        double step() {
            return executor.step(batch, 0, iteration++).loss();
        }

        /** The preset trains by plain SGD; of its network and data nothing reaches the executor. */
        private TrainingSpec spec() {
            Map<String, String> overrides = Map.of(
                    "batchSize", String.valueOf(job.batch()),
                    "learningRate", String.valueOf(Job.LEARNING_RATE),
                    "precision", precision(job).name().toLowerCase(Locale.ROOT));
            return Preset.resolve("quick", overrides).spec();
        }
    }
}
