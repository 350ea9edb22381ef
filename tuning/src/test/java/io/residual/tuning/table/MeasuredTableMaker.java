package io.residual.tuning.table;

import io.residual.core.BlockKind;
import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.Shortcuts;
import io.residual.core.Stage;
import io.residual.core.Stem;
import io.residual.core.StochasticDepth;
import io.residual.data.BatchOrder;
import io.residual.data.DataSource;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import io.residual.data.LastBatch;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.augment.Augmenter;
import io.residual.training.config.DataChoice;
import io.residual.training.config.DataSpec;
import io.residual.training.config.NetworkSpec;
import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.optim.LabelWeights;
import io.residual.training.run.DataSources;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Trains every network of {@link MeasuredTable#grid} on the first {@value #TRAINING} training images of Fashion-MNIST, and
 * writes each epoch's accuracy on the first {@value #VALIDATION} validation images, as {@code measured.csv}: the trials
 * from which sweeps are simulated. With {@code seeds} as second argument, it trains each network of
 * {@link MeasuredSeeds#grid} with {@value MeasuredSeeds#SEEDS} seeds, as {@code measured-seeds.csv}. Run it after
 * {@code mvn test-compile} with the class path of tuning's tests, the options of config/java.options and the file's name; a
 * file that is there already is continued after its last line. It takes half an hour of one core.
 */
public final class MeasuredTableMaker {
    private static final int TRAINING = 1_536;
    private static final int VALIDATION = 2_000;
    private static final int VALIDATION_BATCH = 1_000;
    private static final int IMAGE_SIZE = 28;

    private final ImageSet training;
    private final ImageSet validation;
    private final ComputeKernels kernels = KernelChoice.AUTO.resolve();

    private MeasuredTableMaker(DataSource data) {
        training = first(data.open(Split.TRAIN, StratifiedSplit.SEED), TRAINING);
        validation = first(data.open(Split.VALIDATION, StratifiedSplit.SEED), VALIDATION);
    }

    private static ImageSet first(ImageSet images, int count) {
        return images.subset(IntStream.range(0, count).toArray());
    }

    public static void main(String[] args) {
        Path file = Path.of(args[0]);
        MeasuredTableMaker maker =
                new MeasuredTableMaker(DataSources.find(new DataSpec(DataChoice.Named.AUTO, IMAGE_SIZE)));
        List<Run> runs = args.length > 1 && args[1].equals("seeds")
                ? seeds()
                : MeasuredTable.grid().stream()
                        .map(row -> new Run(row, 1, MeasuredTable.EPOCHS))
                        .toList();
        runs.stream().skip(finished(file)).forEach(run -> append(file, run.row().toLine(maker.accuracies(run))));
    }

    private record Run(MeasuredTable.Row row, long seed, int epochs) {}

    /** The seeds of a row follow one another, from 1. */
    private static List<Run> seeds() {
        return MeasuredSeeds.grid().stream()
                .flatMap(row -> LongStream.rangeClosed(1, MeasuredSeeds.SEEDS)
                        .mapToObj(seed -> new Run(row, seed, MeasuredSeeds.EPOCHS)))
                .toList();
    }

    private static long finished(Path file) {
        if (!Files.exists(file)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void append(Path file, String line) {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            out.write(line);
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of each epoch, until the loss is no number. */
    private List<Double> accuracies(Run run) {
        MeasuredTable.Row row = run.row();
        Network network = Network.initial(network(row), run.seed(), kernels);
        InputForm form = InputForm.of(ImageSize.square(IMAGE_SIZE));
        ImageBatches batches = new ImageBatches(
                training, row.batchSize(), form, new BatchOrder.Shuffled(run.seed()), LastBatch.DROP, Augmenter.NONE);
        ImageBatches validating = new ImageBatches(validation, VALIDATION_BATCH, form, new BatchOrder.Sequential());
        List<Double> accuracies = new ArrayList<>();
        try {
            new TrainingLoop(
                            new GraphExecutor(network, spec(run), LabelWeights.equal(10), batches.batches()),
                            batches,
                            validation,
                            validating)
                    .train(Position.START, run.epochs(), new Keeper(accuracies), () -> false);
        } catch (ResidualException diverged) {
            // What was measured until then is the row.
        }
        return accuracies;
    }

    /** Only what the steps look at is that of the row's network. */
    private static TrainingSpec spec(Run run) {
        MeasuredTable.Row row = run.row();
        return new TrainingSpec(
                new NetworkSpec(18, NetworkSpec.Variant.BOOK, row.width(), Shortcuts.RESIDUAL),
                new DataSpec(DataChoice.Named.AUTO, IMAGE_SIZE),
                new OptimisationSpec(run.epochs(), row.batchSize(), row.learningRate()),
                run.seed());
    }

    private static ResNetSpec network(MeasuredTable.Row row) {
        int width = row.width();
        return new ResNetSpec(
                new ImageShape(1, IMAGE_SIZE, IMAGE_SIZE),
                Stem.imageNet(width),
                List.of(new Stage(BlockKind.BASIC, 1, width, 1), new Stage(BlockKind.BASIC, 1, 2 * width, 2)),
                row.flavour().equals("book") ? Flavour.BOOK : Flavour.TORCHVISION,
                Shortcuts.RESIDUAL,
                StochasticDepth.NONE,
                10);
    }

    private record Keeper(List<Double> accuracies) implements TrainingListener {
        @Override
        public void epochDone(Position at, EpochMetrics metrics) {
            accuracies.add(metrics.rawValidationAccuracy());
        }
    }
}
