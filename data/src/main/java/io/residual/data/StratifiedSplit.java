package io.residual.data;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The training images in two parts with the same shares of classes. Of every class with n images, n/12 rounded half up
 * are held back for validation, drawn by the seed; both parts keep the order of the file. Fashion-MNIST with 6,000
 * images of each class gives 55,000 and 5,000; 2,000 images, 200 of each class, give 1,830 and 170.
 *
 * <p>The same seed gives the same parts in every JVM.
 */
public record StratifiedSplit(ImageSet train, ImageSet validation) {
    /** The seed of every run, whatever its own: runs of different seeds are evaluated on the same validation images. */
    public static final long SEED = 1;

    private static final int HELD_BACK = 12;

    public static StratifiedSplit of(ImageSet images, long seed) {
        boolean[] held = new boolean[images.size()];
        for (int label = 0; label < images.classNames().size(); label++) {
            int[] members = images.shuffledClass(label, seed);
            int share = (members.length + HELD_BACK / 2) / HELD_BACK;
            Arrays.stream(members, 0, share).forEach(i -> held[i] = true);
        }
        int[] train = IntStream.range(0, held.length).filter(i -> !held[i]).toArray();
        int[] validation = IntStream.range(0, held.length).filter(i -> held[i]).toArray();
        return new StratifiedSplit(images.subset(train), images.subset(validation));
    }
}
