package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.RegularFile;
import io.residual.data.ClassNames;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The files that a run learned from and held back, in {@value #FILE}, a JSON object a line. They are recognised by their
 * content wherever they are moved to. Rows of IDX files are not listed: the digests of the files in the manifest decide
 * which of them are held back. Nor are those of runs of release 0.1.
 */
final class ImageList {
    static final String FILE = "images.jsonl";

    private static final int MAX_NAMED = 3;
    private static final long MAX_BYTES = 512L * 1024 * 1024;
    /** More images than fit into memory. */
    private static final int MAX_POSITION = 50_000_000;

    /**
     * An image.
     *
     * @param split TRAIN or VALIDATION
     * @param position in its source, which decides how it is augmented
     * @param className of its label
     * @param name path within the folder of the data
     */
    record Entry(Split split, int position, String className, String sha256, String name) {
        Entry {
            if (split == Split.TEST) {
                throw new IllegalArgumentException("expected an image of TRAIN or VALIDATION");
            }
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException("expected a SHA-256 of 64 hex digits");
            }
            if (position < 0 || position > MAX_POSITION) {
                throw new IllegalArgumentException("expected a position up to " + MAX_POSITION + ", got " + position);
            }
        }
    }

    private final List<Entry> entries;

    private ImageList(List<Entry> entries) {
        this.entries = entries;
    }

    /** The list of a run's images; empty if they are no files. */
    static Optional<ImageList> of(RunDatasets data) {
        if (!data.train().isOfFiles() || !data.validation().isOfFiles()) {
            return Optional.empty();
        }
        List<Entry> entries = new ArrayList<>();
        add(Split.TRAIN, data.train(), entries);
        add(Split.VALIDATION, data.validation(), entries);
        return Optional.of(new ImageList(entries));
    }

    private static void add(Split split, ImageSet images, List<Entry> entries) {
        for (int i = 0; i < images.size(); i++) {
            String className = images.classNames().get(images.label(i));
            entries.add(new Entry(split, images.position(i), className, images.sha256(i), images.name(i)));
        }
    }

    /** As the file has it, a line for each image. */
    String text() {
        return entries.stream().map(StrictJson::line).collect(Collectors.joining("\n", "", "\n"));
    }

    /**
     * The list of a run, if it has one.
     *
     * @throws ResidualException of kind BAD_RUN that says what is no image
     */
    static Optional<ImageList> of(RunDirectory run) {
        Path file = run.path().resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (FileChannel in = RegularFile.open(file)) {
            if (in.size() > MAX_BYTES) {
                throw new ResidualException(Kind.BAD_RUN, file + ": larger than 512 MiB: this is no list of images");
            }
            return Optional.of(new ImageList(StrictJson.readLines(Channels.newInputStream(in), Entry.class)));
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw DiskErrors.reading(file, e);
        }
    }

    /** The images of one part, for {@link #find}. */
    ImageList of(Split split) {
        return new ImageList(
                entries.stream().filter(entry -> entry.split() == split).toList());
    }

    /** Finds the images among others: first by name and content, then those that were renamed by content alone. */
    Found find(ImageSet pool) {
        Map<String, Deque<Integer>> byContent = new HashMap<>();
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < pool.size(); i++) {
            byContent
                    .computeIfAbsent(pool.sha256(i), sha256 -> new ArrayDeque<>())
                    .add(i);
            byName.put(ClassNames.canonical(pool.name(i)), i);
        }
        int[] indices = new int[entries.size()];
        Arrays.fill(indices, -1);
        for (int e = 0; e < indices.length; e++) {
            Integer same = byName.get(ClassNames.canonical(entries.get(e).name()));
            if (same != null && pool.sha256(same).equals(entries.get(e).sha256())) {
                indices[e] = same;
                Objects.requireNonNull(byContent.get(pool.sha256(same))).remove(same);
            }
        }
        for (int e = 0; e < indices.length; e++) {
            Deque<Integer> left = byContent.get(entries.get(e).sha256());
            if (indices[e] < 0 && left != null && !left.isEmpty()) {
                indices[e] = left.remove();
            }
        }
        return new Found(pool, indices);
    }

    /** How many images of a set a run learned from, by their content. */
    long learnedFrom(ImageSet images) {
        Set<String> learned = new HashSet<>();
        entries.stream().filter(e -> e.split() == Split.TRAIN).forEach(e -> learned.add(e.sha256()));
        return IntStream.range(0, images.size())
                .filter(i -> learned.contains(images.sha256(i)))
                .count();
    }

    /** The images of this list among those of a place. */
    final class Found {
        private final ImageSet pool;
        /** Of each entry; -1 where it is not found. */
        private final int[] indices;

        private Found(ImageSet pool, int[] indices) {
            this.pool = pool;
            this.indices = indices;
        }

        boolean isComplete() {
            return IntStream.of(indices).allMatch(i -> i >= 0);
        }

        /** The images that are found, in the order of the list. */
        ImageSet images() {
            return pool.subset(IntStream.of(indices).filter(i -> i >= 0).toArray());
        }

        /** The images of a part at the positions that they had, if all are found. */
        ImageSet asTrained(Split split) {
            int[] part = IntStream.range(0, indices.length)
                    .filter(e -> entries.get(e).split() == split)
                    .toArray();
            return pool.at(
                    IntStream.of(part).map(e -> indices[e]).toArray(),
                    IntStream.of(part).map(e -> entries.get(e).position()).toArray());
        }

        /** Files that have another content under the same name. */
        List<String> changed() {
            return lost(true);
        }

        /** Files that are nowhere. */
        List<String> gone() {
            return lost(false);
        }

        private List<String> lost(boolean hasNamesake) {
            Set<String> names = IntStream.range(0, pool.size())
                    .mapToObj(i -> ClassNames.canonical(pool.name(i)))
                    .collect(Collectors.toSet());
            return IntStream.range(0, indices.length)
                    .filter(e -> indices[e] < 0)
                    .mapToObj(e -> entries.get(e).name())
                    .filter(name -> names.contains(ClassNames.canonical(name)) == hasNamesake)
                    .toList();
        }

        /** Files of the place that are not in the list, by content and name. */
        List<String> added() {
            Set<Integer> used = IntStream.of(indices).boxed().collect(Collectors.toSet());
            Set<String> names = entries.stream()
                    .map(entry -> ClassNames.canonical(entry.name()))
                    .collect(Collectors.toSet());
            return IntStream.range(0, pool.size())
                    .filter(i -> !used.contains(i) && !names.contains(ClassNames.canonical(pool.name(i))))
                    .mapToObj(pool::name)
                    .toList();
        }

        /** Files that are in the folder of another class. */
        List<String> relabelled() {
            return IntStream.range(0, indices.length)
                    .filter(e -> indices[e] >= 0)
                    .filter(e -> !ClassNames.canonical(entries.get(e).className())
                            .equals(ClassNames.canonical(pool.classNames().get(pool.label(indices[e])))))
                    .mapToObj(e -> entries.get(e).name())
                    .toList();
        }

        /** What differs from the list, in words; empty if nothing but names and places. */
        String differences() {
            List<String> parts = new ArrayList<>();
            describe("changed", changed(), parts);
            describe("gone", gone(), parts);
            describe("in the folder of another class", relabelled(), parts);
            describe("new", added(), parts);
            return String.join("; ", parts);
        }
    }

    private static void describe(String what, List<String> names, List<String> parts) {
        if (!names.isEmpty()) {
            parts.add(words(what, names));
        }
    }

    /** As in "2 gone (cat/001.png, cat/002.png)". */
    static String words(String what, List<String> names) {
        return String.format(
                Locale.ROOT,
                "%,d %s (%s%s)",
                names.size(),
                what,
                String.join(", ", names.subList(0, Math.min(MAX_NAMED, names.size()))),
                names.size() > MAX_NAMED ? ", ..." : "");
    }
}
