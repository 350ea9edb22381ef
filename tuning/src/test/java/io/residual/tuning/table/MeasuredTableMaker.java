package io.residual.tuning.table;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.Shortcuts;
import io.residual.core.Stage;
import io.residual.core.Stem;
import io.residual.training.CommandException;
import io.residual.training.RunData;
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
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Kernels;
import io.residual.training.network.Network;
import io.residual.training.spec.DataChoice;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Trains every network of {@link MeasuredTable#grid} on the first {@value #TRAINING} training images of Fashion-MNIST, and
 * writes each epoch's accuracy on the first {@value #VALIDATION} validation images, as {@code measured.csv}: the trials
 * from which sweeps are simulated. Run it after {@code mvn test-compile} with the class path of tuning's tests, the
 * options of config/java.options and the file's name; a file that is there already is continued after its last line. It
 * takes half an hour of one core.
 */
public final class MeasuredTableMaker {
    private static final int TRAINING = 1_536;
    private static final int VALIDATION = 2_000;
    private static final int VALIDATION_BATCH = 1_000;
    private static final int IMAGE_SIZE = 28;
    private static final long SEED = 1;

    private final ImageSet training;
    private final ImageSet validation;
    private final Kernels kernels = KernelChoice.AUTO.resolve();

    private MeasuredTableMaker(DataSource data) {
        training = first(data.open(Split.TRAIN, StratifiedSplit.SEED), TRAINING);
        validation = first(data.open(Split.VALIDATION, StratifiedSplit.SEED), VALIDATION);
    }

    private static ImageSet first(ImageSet images, int count) {
        return images.subset(IntStream.range(0, count).toArray());
    }

    public static void main(String[] args) {
        Path file = Path.of(args[0]);
        MeasuredTableMaker maker = new MeasuredTableMaker(RunData.find(DataChoice.Named.AUTO));
        List<MeasuredTable.Row> missing =
                MeasuredTable.grid().stream().skip(finished(file)).toList();
        for (MeasuredTable.Row row : missing) {
            append(file, row.toLine(maker.accuracies(row)));
        }
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
    private List<Double> accuracies(MeasuredTable.Row row) {
        Network network = Network.initial(network(row), row.learningRate(), SEED, kernels);
        ImageSize size = ImageSize.square(IMAGE_SIZE);
        ImageBatches batches =
                new ImageBatches(training, row.batchSize(), size, new BatchOrder.Shuffled(SEED), LastBatch.DROP);
        ImageBatches validating = new ImageBatches(validation, VALIDATION_BATCH, size, new BatchOrder.Sequential());
        List<Double> accuracies = new ArrayList<>();
        try {
            new Trainer(network, batches, validation, validating).train(MeasuredTable.EPOCHS, new Keeper(accuracies));
        } catch (CommandException diverged) {
            // What was measured until then is the row.
        }
        return accuracies;
    }

    private static ResNetSpec network(MeasuredTable.Row row) {
        int width = row.width();
        return new ResNetSpec(
                new ImageShape(1, IMAGE_SIZE, IMAGE_SIZE),
                Stem.imageNet(width),
                List.of(new Stage(1, width, 1), new Stage(1, 2 * width, 2)),
                row.flavour().equals("book") ? Flavour.BOOK : Flavour.TORCHVISION,
                Shortcuts.RESIDUAL,
                10);
    }

    private record Keeper(List<Double> accuracies) implements Trainer.Watcher {
        @Override
        public void epochStarted(int number, long images) {}

        @Override
        public void stepDone(int images, Score soFar) {}

        @Override
        public void epochDone(Trainer.Epoch epoch) {
            accuracies.add(epoch.validation().accuracy());
        }
    }
}
