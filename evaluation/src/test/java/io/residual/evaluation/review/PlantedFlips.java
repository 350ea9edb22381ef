package io.residual.evaluation.review;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.data.idx.IdxWriter;
import io.residual.evaluation.labels.FlippedLabels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A data set of IDX files, some of whose training labels were changed on purpose, and a file of what they were:
 * {@code truth.csv}, the class of each training image by its row.
 */
final class PlantedFlips {
    static final String TRUTH = "truth.csv";

    private PlantedFlips() {}

    /**
     * Writes the first training images with a share of flipped labels, and all test images as they are.
     *
     * @return how many labels were changed
     */
    static int write(IdxSource source, Path target, int images, double share, long seed) throws IOException {
        ImageSet all = source.wholeTraining();
        FlippedLabels planted = FlippedLabels.of(all, images, share, seed);
        Files.createDirectories(target);
        IdxWriter.write(target, planted.images(), Split.TRAIN);
        IdxWriter.write(target, source.open(Split.TEST, StratifiedSplit.SEED), Split.TEST);
        StringBuilder truth = new StringBuilder();
        for (int i = 0; i < images; i++) {
            truth.append(i)
                    .append(',')
                    .append(all.classNames().get(all.label(i)))
                    .append('\n');
        }
        Files.writeString(target.resolve(TRUTH), truth);
        return planted.flipped().size();
    }

    /** The true class of each training image, by what the review calls the image. */
    static Map<String, String> truth(Path target) throws IOException {
        Map<String, String> truth = new HashMap<>();
        for (String line : Files.readAllLines(target.resolve(TRUTH))) {
            String[] cells = line.split(",", 2);
            truth.put("train-images-idx3-ubyte[" + cells[0] + "]", cells[1]);
        }
        return truth;
    }

    /** Arguments: folder of IDX files, folder to write, number of training images, share of flips, seed. */
    public static void main(String[] args) throws IOException {
        int flipped = write(
                IdxSource.open(Path.of(args[0])),
                Path.of(args[1]),
                Integer.parseInt(args[2]),
                Double.parseDouble(args[3]),
                Long.parseLong(args[4]));
        System.out.println(flipped + " labels of " + args[2] + " training images were changed: " + args[1]);
    }
}
