package io.residual.data;

import java.util.List;
import java.util.Optional;

/** What the images of a source are called, in the words of its user. */
public sealed interface ImageNames {
    /**
     * The name of an image.
     *
     * @param position in the source, from 0
     */
    String name(int position);

    /** The digest that the source itself gives an image: of a file's bytes. */
    default Optional<String> sha256(int position) {
        return Optional.empty();
    }

    /**
     * A file each.
     *
     * @param names paths relative to the folder of the data, with slashes
     * @param digests SHA-256 of the files, 64 lower-case hexadecimal digits
     */
    record Files(List<String> names, List<String> digests) implements ImageNames {
        public Files {
            names = List.copyOf(names);
            digests = List.copyOf(digests);
            if (names.size() != digests.size()) {
                throw new IllegalArgumentException(names.size() + " files have " + digests.size() + " digests");
            }
        }

        @Override
        public String name(int position) {
            return names.get(position);
        }

        @Override
        public Optional<String> sha256(int position) {
            return Optional.of(digests.get(position));
        }
    }

    /** Rows of one file, counted from 0: {@code train-images-idx3-ubyte[41]} is the one that NumPy finds under 41. */
    record Rows(String file) implements ImageNames {
        @Override
        public String name(int position) {
            return file + "[" + position + "]";
        }
    }
}
