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
import io.residual.training.data.InputForm;
import io.residual.training.data.LastBatch;
import io.residual.training.data.Split;
import io.residual.training.data.StratifiedSplit;
import io.residual.training.fit.Score;
import io.residual.training.fit.Trainer;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Kernels;
import io.residual.training.network.Network;
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

/** One run from its preset to its model: data, directory, network, training. */
final class TrainingRun {
    private static final Logger LOG = LogManager.getLogger(TrainingRun.class);
    private static final Path RUNS = Path.of("runs");
    /** Validation shows how well a network does without keeping its activations, so larger batches cost little. */
    private static final int VALIDATION_BATCH = 256;

    private TrainingRun() {}

    static void execute(
            Preset preset, KernelChoice choice, Optional<Path> directory, List<String> arguments, PrintWriter out) {
        TrainingSpec spec = preset.spec();
        Backend.require();
        Kernels kernels = choice.resolve();
        Backend backend = Backend.current(kernels.describe());
        DataSource data = RunData.find(spec.data());
        ImageSet train = data.open(Split.TRAIN, StratifiedSplit.SEED);
        ImageSet validation = data.open(Split.VALIDATION, StratifiedSplit.SEED);
        ResNetSpec resNet = spec.resNet(train.channels(), train.classNames().size());

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
                        backend,
                        RunData.origin(data, train, validation)));
        RunLog.attach(run.logFile());
        LOG.info("Run directory: {}", run);
        LOG.info("Backend: {}, {} threads, {} kernels", backend.name(), backend.threads(), backend.kernels());
        LOG.info(
                "Data: {}; {} training and {} validation images",
                data.origin().describe(),
                train.size(),
                validation.size());
        logSkipped(data.skipped());
        LOG.info(
                "Network: ResNet-{} ({}), {} parameters, {} x {} pixels",
                spec.network().depth(),
                spec.network().flavour().name().toLowerCase(Locale.ROOT),
                String.format(Locale.ROOT, "%,d", resNet.parameters()),
                spec.data().imageSize(),
                spec.data().imageSize());
        LogManager.getLogger("shapes").info("Shapes of one image:\n{}", ShapeTable.of(resNet));

        Network network = RunModel.initial(spec, resNet, kernels);
        train(spec, network, train, validation, run);
        out.println("Model and metrics: " + run);
        out.println("Judge it on the test images: ./residual evaluate --run " + run);
    }

    private static void logSkipped(List<String> corrupt) {
        if (!corrupt.isEmpty()) {
            LOG.warn("{} corrupt images are left out:\n{}", corrupt.size(), String.join("\n", corrupt));
        }
    }

    @SuppressWarnings("ClosingStandardOutputStreams") // progress closes its bar, not the stream
    private static void train(
            TrainingSpec spec, Network network, ImageSet train, ImageSet validation, RunDirectory run) {
        InputForm form = spec.data().input();
        int batch = spec.optimisation().batchSize();
        // A last batch of one image can leave batch norm a single value per channel.
        LastBatch last = train.size() % batch == 1 ? LastBatch.DROP : LastBatch.KEEP;
        ImageBatches training = new ImageBatches(
                train,
                batch,
                form,
                new BatchOrder.Shuffled(spec.seed()),
                last,
                spec.data().augmentation().augmenter(spec.seed()));
        ImageBatches validating = new ImageBatches(validation, VALIDATION_BATCH, form, new BatchOrder.Sequential());
        int epochs = spec.optimisation().epochs();
        try (Progress progress = Progress.on(Terminal.detect(), System.out, epochs)) {
            new Trainer(network, spec, training, validation, validating).train(new Keeper(network, run, progress));
        }
    }

    /** Shows every step, and keeps the metrics and the model of every epoch. */
    private static final class Keeper implements Trainer.Watcher {
        private final Network network;
        private final RunDirectory run;
        private final Progress progress;
        private double best = -1;

        Keeper(Network network, RunDirectory run, Progress progress) {
            this.network = network;
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
                    epoch.learningRate(),
                    epoch.training().loss(),
                    epoch.training().accuracy(),
                    epoch.validation().loss(),
                    epoch.validation().accuracy(),
                    epoch.imagesPerSecond(),
                    epoch.seconds());
            RunModel.save(run, Checkpoint.LAST, network);
            if (metrics.validationAccuracy() > best) {
                best = metrics.validationAccuracy();
                RunModel.save(run, Checkpoint.BEST, network);
            }
            run.metrics().append(metrics);
            progress.epochDone(metrics);
            LogManager.getLogger("metrics").info("{}", metrics);
        }
    }
}
