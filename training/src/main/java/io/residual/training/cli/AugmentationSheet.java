package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.data.LastBatch;
import io.residual.data.Normalisation;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.augment.Augmenter;
import io.residual.training.config.TrainingSpec;
import io.residual.training.run.DataSources;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A picture of the augmentation of a run: a row for each of some training images, first the original, then as the first
 * epochs of the run will see it.
 */
final class AugmentationSheet {
    private static final int ROWS = 8;
    private static final int EPOCHS = 8;
    /** Between images, in pixels of the picture. */
    private static final int GAP = 4;
    /** Side that small images are enlarged to, about, in pixels of the picture. */
    private static final int SIDE = 84;

    private static final int GROUND = 0xff5b7083;

    private final InputForm form;
    private final ImageSet images;
    private final int scale;
    private final BufferedImage picture;

    private AugmentationSheet(InputForm form, ImageSet images) {
        this.form = form;
        this.images = images;
        this.scale = Math.max(1, SIDE / form.size().width());
        this.picture = new BufferedImage(
                (1 + EPOCHS) * cell(form.size().width()) + 2 * GAP,
                images.size() * cell(form.size().height()) + GAP,
                BufferedImage.TYPE_INT_RGB);
    }

    /**
     * Writes the picture as PNG, replacing an existing file.
     *
     * @throws ResidualException of kind BAD_DATA or BAD_RUN if images or file cannot be read or written
     */
    static void write(TrainingSpec spec, Path file) {
        ImageSet train = DataSources.find(spec.data()).open(Split.TRAIN, StratifiedSplit.SEED);
        int[] chosen = new BatchOrder.Shuffled(spec.seed()).indices(train.size(), 0);
        ImageSet images = train.subset(
                IntStream.of(chosen).limit(Math.min(ROWS, train.size())).toArray());
        // Without normalisation, which a picture cannot show.
        InputForm form = new InputForm(spec.data().input().size(), spec.data().fit(), Normalisation.NONE);
        AugmentationSheet sheet = new AugmentationSheet(form, images);
        sheet.paint(spec.data().augmentation().augmenter(spec.seed()));
        OutputFile.write(file, sheet.png(), "give the path of a PNG file to be made");
    }

    private byte[] png() {
        var png = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException("an image could not be encoded in memory", e);
        }
        return png.toByteArray();
    }

    private void paint(Augmenter augmenter) {
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                picture.setRGB(x, y, GROUND);
            }
        }
        paintColumn(GAP, batch(Augmenter.NONE, 0));
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            paintColumn(2 * GAP + (1 + epoch) * cell(form.size().width()), batch(augmenter, epoch));
        }
    }

    private INDArray batch(Augmenter augmenter, int epoch) {
        return new ImageBatches(images, images.size(), form, new BatchOrder.Sequential(), LastBatch.KEEP, augmenter)
                .epoch(epoch)
                .next()
                .images();
    }

    private int cell(int side) {
        return side * scale + GAP;
    }

    private void paintColumn(int left, INDArray batch) {
        int height = form.size().height();
        int width = form.size().width();
        int plane = height * width;
        int channels = images.channels();
        float[] values = batch.data().asFloat();
        for (int i = 0; i < images.size(); i++) {
            int top = GAP + i * cell(height);
            for (int y = 0; y < height * scale; y++) {
                for (int x = 0; x < width * scale; x++) {
                    int at = i * channels * plane + y / scale * width + x / scale;
                    int colour = 0;
                    for (int c = 0; c < 3; c++) {
                        colour = colour << 8 | Math.round(255 * values[at + c * (channels - 1) / 2 * plane]);
                    }
                    picture.setRGB(left + x, top + y, colour);
                }
            }
        }
    }
}
