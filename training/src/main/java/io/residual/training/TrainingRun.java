package io.residual.training;

import io.residual.core.ResNetSpec;
import io.residual.core.ShapeTable;
import io.residual.training.console.Progress;
import io.residual.training.console.RunLog;
import io.residual.training.console.Terminal;
import io.residual.training.data.BatchOrder;
import io.residual.training.data.DataSource;
import io.residual.training.data.ImageBatches;
import io.residual.training.data.ImageSet;
import io.residual.training.data.ImageSize;
import io.residual.training.data.LastBatch;
import io.residual.training.data.Split;
import io.residual.training.data.StratifiedSplit;
import io.residual.training.fit.Score;
import io.residual.training.fit.Trainer;
import io.residual.training.run.Backend;
import io.residual.training.run.Checkpoint;
import io.residual.training.run.EpochMetrics;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.RunManifest;
import io.residual.training.run.RunModel;
import io.residual.training.spec.Preset;
import io.residual.training.spec.TrainingSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** One run from its preset to its model: data, directory, network, training. */
final class TrainingRun {
    private static final Logger LOG = LogManager.getLogger(TrainingRun.class);
    private static final Path RUNS = Path.of("runs");
    /** Validation shows how well a network does without keeping its activations, so larger batches cost little. */
    private static final int VALIDATION_BATCH = 256;

    private TrainingRun() {}

    static void execute(Preset preset, Optional<Path> directory, List<String> arguments, PrintWriter out) {
        TrainingSpec spec = preset.spec();
        Backend backend = Backend.current();
        DataSource data = RunData.find(spec.data().source());
        ImageSet train = data.open(Split.TRAIN, StratifiedSplit.SEED);
        ImageSet validation = data.open(Split.VALIDATION, StratifiedSplit.SEED);
        ResNetSpec network = spec.resNet(RunData.CHANNELS, train.classNames().size());

        RunDirectory run = directory
                .map(RunDirectory::createAt)
                .orElseGet(
                        () -> RunDirectory.createUnder(RUNS, preset.name(), LocalDateTime.now(ZoneId.systemDefault())));
        run.begin(
                spec,
                RunManifest.of(
                        preset.name(),
                        spec.seed(),
                        Instant.now().truncatedTo(ChronoUnit.SECONDS),
                        arguments,
                        RunData.origin(data, train)));
        RunLog.attach(run.logFile());
        LOG.info("Run directory: {}", run);
        LOG.info("Backend: {}, {} threads", backend.name(), backend.threads());
        LOG.info(
                "Data: {}; {} training and {} validation images",
                data.origin().describe(),
                train.size(),
                validation.size());
        LOG.info(
                "Network: ResNet-{} ({}), {} parameters, {} x {} pixels",
                spec.network().depth(),
                spec.network().flavour().name().toLowerCase(Locale.ROOT),
                String.format(Locale.ROOT, "%,d", network.parameters()),
                spec.data().imageSize(),
                spec.data().imageSize());
        LogManager.getLogger("shapes").info("Shapes of one image:\n{}", ShapeTable.of(network));

        ComputationGraph graph = RunModel.initial(spec, network);
        train(spec, network, graph, train, validation, run);
        out.println("Model and metrics: " + run);
        out.println("Judge it on the test images: ./residual evaluate --run " + run);
    }

    @SuppressWarnings("ClosingStandardOutputStreams") // progress closes its bar, not the stream
    private static void train(
            TrainingSpec spec,
            ResNetSpec network,
            ComputationGraph graph,
            ImageSet train,
            ImageSet validation,
            RunDirectory run) {
        ImageSize size = ImageSize.square(spec.data().imageSize());
        int batch = spec.optimisation().batchSize();
        // A last batch of one image can leave batch norm a single value per channel.
        LastBatch last = train.size() % batch == 1 ? LastBatch.DROP : LastBatch.KEEP;
        ImageBatches training = new ImageBatches(train, batch, size, new BatchOrder.Shuffled(spec.seed()), last);
        ImageBatches validating = new ImageBatches(validation, VALIDATION_BATCH, size, new BatchOrder.Sequential());
        int epochs = spec.optimisation().epochs();
        try (Progress progress = Progress.on(Terminal.detect(), System.out, epochs)) {
            new Trainer(graph, training, validation, validating)
                    .train(epochs, new Keeper(spec, network, graph, run, progress));
        }
    }

    /** Shows every step, and keeps the metrics and the model of every epoch. */
    private static final class Keeper implements Trainer.Watcher {
        private final TrainingSpec spec;
        private final ResNetSpec network;
        private final ComputationGraph graph;
        private final RunDirectory run;
        private final Progress progress;
        private double best = -1;

        Keeper(TrainingSpec spec, ResNetSpec network, ComputationGraph graph, RunDirectory run, Progress progress) {
            this.spec = spec;
            this.network = network;
            this.graph = graph;
            this.run = run;
            this.progress = progress;
        }

        @Override
        public void epochStarted(int number, long images) {
            progress.epochStarted(number, images);
        }

        @Override
        public void stepDone(int images, Score soFar) {
            progress.stepDone(images, soFar.loss(), soFar.accuracy());
        }

        @Override
        public void epochDone(Trainer.Epoch epoch) {
            EpochMetrics metrics = new EpochMetrics(
                    epoch.number(),
                    spec.optimisation().learningRate(),
                    epoch.training().loss(),
                    epoch.training().accuracy(),
                    epoch.validation().loss(),
                    epoch.validation().accuracy(),
                    epoch.imagesPerSecond(),
                    epoch.seconds());
            RunModel.save(run, Checkpoint.LAST, graph, network);
            if (metrics.validationAccuracy() > best) {
                best = metrics.validationAccuracy();
                RunModel.save(run, Checkpoint.BEST, graph, network);
            }
            run.metrics().append(metrics);
            progress.epochDone(metrics);
            LogManager.getLogger("metrics").info("{}", metrics);
        }
    }
}
