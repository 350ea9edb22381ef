package io.residual.evaluation.model;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.IoErrors;
import io.residual.core.files.RegularFile;
import io.residual.data.Batch;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.program.inference.ActivationRanges;
import io.residual.training.network.Network;
import io.residual.training.run.DataSources;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The ranges of a network's activations, found on training images of its run and kept with it.
 *
 * @param modelSha256 digest of the file of its weights
 * @param images how many they were found on
 * @param ranges by the vertex that computes the activation
 */
public record ModelRanges(String modelSha256, int images, Map<String, Float> ranges) {
    /** Of the training part, drawn by the run's seed. */
    public static final int MAX_IMAGES = 512;

    private static final int MAX_BYTES = 1 << 20;
    private static final Logger LOG = LogManager.getLogger(ModelRanges.class);

    public ModelRanges {
        if (ranges.values().stream().anyMatch(range -> range == null)) {
            throw new IllegalArgumentException("\"ranges\": expected numbers only, found null");
        }
        ranges = new ActivationRanges(ranges).byVertex();
    }

    /**
     * The ranges of a network: those that are kept with its run, else those of training images of the run, which are then kept.
     *
     * @param sha256 digest of the file of its weights
     * @throws ResidualException of kind BAD_RUN if the kept ones are damaged, or if the activations are no numbers; BAD_DATA if the
     *     training images cannot be read
     */
    static ActivationRanges of(RunDirectory run, ModelChoice choice, String sha256, Network network) {
        Optional<Path> file = choice instanceof ModelChoice.Saved saved
                ? Optional.of(run.rangesFile(saved.model()))
                : Optional.empty();
        Optional<ModelRanges> kept =
                file.filter(Files::exists).map(ModelRanges::read).filter(ranges -> ranges.modelSha256.equals(sha256));
        if (kept.isPresent()) {
            if (!kept.get().ranges.keySet().equals(network.rangedVertices())) {
                throw new ResidualException(
                        Kind.BAD_RUN,
                        file.get() + ": its activations are not those of the network: delete it, and it is made again");
            }
            return new ActivationRanges(kept.get().ranges);
        }
        ModelRanges found = find(run, sha256, network);
        file.ifPresent(found::write);
        return new ActivationRanges(found.ranges);
    }

    private static ModelRanges find(RunDirectory run, String sha256, Network network) {
        ImageSet images = images(run);
        ImageBatches batches = ImageBatches.inOrder(images, run.spec().data().input());
        LOG.info("ranges of activations are found on {} training images", images.size());
        try {
            ActivationRanges ranges = network.ranges(() -> new Pixels(batches.epoch(0)));
            return new ModelRanges(sha256, images.size(), ranges.byVertex());
        } catch (ArithmeticException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    "the activations of the model are no numbers (" + e.getMessage()
                            + "): its weights are finite, but too large to compute with: use another checkpoint",
                    e);
        }
    }

    private static ImageSet images(RunDirectory run) {
        try {
            ImageSet images = DataSources.find(run, Optional.empty()).open(Split.TRAIN, StratifiedSplit.SEED);
            List<Integer> order = IntStream.range(0, images.size()).boxed().collect(Collectors.toList());
            Collections.shuffle(order, new Random(run.spec().seed()));
            return images.subset(
                    order.stream().limit(MAX_IMAGES).mapToInt(Integer::intValue).toArray());
        } catch (ResidualException e) {
            throw new ResidualException(
                    e.kind(),
                    "precision int8 needs ranges of activations, which are found on the run's training images: "
                            + e.getMessage() + "; evaluate with precision int8 where those are, which keeps the ranges",
                    e);
        }
    }

    /** The images of batches, each closed when the next one is asked for. */
    private static final class Pixels implements Iterator<INDArray> {
        private final ImageBatches batches;
        private Optional<Batch> last = Optional.empty();

        Pixels(ImageBatches batches) {
            this.batches = batches;
        }

        @Override
        public boolean hasNext() {
            boolean more = batches.hasNext();
            if (!more) {
                last.ifPresent(Batch::close);
            }
            return more;
        }

        @Override
        public INDArray next() {
            last.ifPresent(Batch::close);
            Batch batch = batches.next();
            last = Optional.of(batch);
            return batch.images();
        }
    }

    /** A run that cannot be written to is computed all the same. */
    private void write(Path file) {
        try {
            AtomicFile.write(file, StrictJson.line(this) + "\n");
        } catch (IOException e) {
            LOG.warn("{}: the ranges of activations are not kept ({})", file, IoErrors.reason(e));
        }
    }

    private static ModelRanges read(Path file) {
        try (InputStream in = RegularFile.stream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ResidualException(
                        Kind.BAD_RUN, file + ": larger than 1 MiB: delete it, and it is made again");
            }
            return StrictJson.read(new String(bytes, StandardCharsets.UTF_8), ModelRanges.class);
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": cannot be read (" + IoErrors.reason(e) + ")", e);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(
                    Kind.BAD_RUN, file + ": " + e.getMessage() + ": delete it, and it is made again", e);
        }
    }
}
