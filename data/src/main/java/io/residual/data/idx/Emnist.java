package io.residual.data.idx;

import io.residual.data.idx.FashionMnist.DataFile;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The data sets of EMNIST, whose files lie in one folder under names of their own, such as
 * {@code emnist-letters-train-images-idx3-ubyte.gz}. Their images are stored by columns, so that rows and columns are exchanged
 * when they are read; the labels of LETTERS start at 1.
 *
 * @see <a href="https://arxiv.org/abs/1702.05373">Cohen et al. 2017, EMNIST</a>
 */
enum Emnist {
    BYCLASS("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 0),
    /** Small letters that look like their capitals are one class with them. */
    BYMERGE("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt", 0),
    BALANCED("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt", 0),
    LETTERS("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1),
    DIGITS("0123456789", 0),
    MNIST("0123456789", 0);

    private final String characters;
    private final int firstLabel;

    Emnist(String characters, int firstLabel) {
        this.characters = characters;
        this.firstLabel = firstLabel;
    }

    /** The set that a name such as "emnist-letters" stands for. */
    static Optional<Emnist> named(String name) {
        return Arrays.stream(values()).filter(set -> set.prefix().equals(name)).findFirst();
    }

    /** As in "emnist-letters". */
    String prefix() {
        return "emnist-" + name().toLowerCase(Locale.ROOT);
    }

    /** The name of a decompressed file. */
    String plainName(DataFile file) {
        return prefix() + "-" + file.plainName().replace("t10k", "test");
    }

    /** A character each, in the order of their labels. */
    List<String> classNames() {
        return characters.chars().mapToObj(Character::toString).toList();
    }

    int firstLabel() {
        return firstLabel;
    }
}
