package io.residual.training.run;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The images a run was trained on.
 *
 * @param location where they were read from: a directory, an address, or "sample"
 * @param channels of an image: 1 for grey, 3 for colour
 * @param classes names in the order of the labels, at least 2
 * @param sha256 digest of each file's decompressed content in lower-case hex, by file name
 */
public record DataOrigin(String location, int channels, List<String> classes, SortedMap<String, String> sha256) {
    public DataOrigin {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("channels must be 1 or 3, got " + channels);
        }
        classes = List.copyOf(classes);
        if (classes.size() < 2) {
            throw new IllegalArgumentException("classes must be at least 2, got " + classes);
        }
        // Copied to an order of its own, so that equal origins are written as equal files.
        SortedMap<String, String> sorted = new TreeMap<>(sha256);
        for (Map.Entry<String, String> file : sorted.entrySet()) {
            if (!file.getValue().matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException(
                        "sha256 of " + file.getKey() + " must be 64 hex digits, got \"" + file.getValue() + "\"");
            }
        }
        sha256 = Collections.unmodifiableSortedMap(sorted);
    }

    /** Whether digests are those of these images; files may have other names if all of them have. */
    boolean isOf(SortedMap<String, String> digests) {
        return digests.equals(sha256)
                || (Collections.disjoint(digests.keySet(), sha256.keySet())
                        && digests.values().stream()
                                .sorted()
                                .toList()
                                .equals(sha256.values().stream().sorted().toList()));
    }

    /**
     * The origin of images.
     *
     * @param sha256 in any order
     */
    public static DataOrigin of(String location, int channels, List<String> classes, Map<String, String> sha256) {
        return new DataOrigin(location, channels, classes, new TreeMap<>(sha256));
    }
}
