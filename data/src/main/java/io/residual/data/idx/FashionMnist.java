package io.residual.data.idx;

import java.util.List;

/**
 * Fashion-MNIST as corrected on 2017-09-07: 60,000 training and 10,000 test images of 28 by 28 pixels, 10 classes.
 *
 * @see <a href="https://github.com/zalandoresearch/fashion-mnist">the data set (MIT licence)</a>
 */
public final class FashionMnist {
    /** The classes in the order of their labels, 0 to 9. */
    public static final List<String> CLASS_NAMES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    /** The four files; other data sets of the same layout (MNIST, KMNIST) use the same names. */
    public enum DataFile {
        TRAINING_IMAGES("train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        TRAINING_LABELS("train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        TEST_IMAGES("t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        TEST_LABELS("t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34");

        private final String plainName;
        private final String sha256;

        DataFile(String plainName, String sha256) {
            this.plainName = plainName;
            this.sha256 = sha256;
        }

        /** The name of the decompressed file. */
        public String plainName() {
            return plainName;
        }

        /** The name of the gzip-compressed file. */
        public String gzipName() {
            return plainName + ".gz";
        }

        /** SHA-256 of Fashion-MNIST's decompressed file, 64 lower-case hexadecimal digits. */
        public String sha256() {
            return sha256;
        }
    }

    private FashionMnist() {}
}
