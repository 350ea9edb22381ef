package io.residual.data.idx;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.data.idx.FashionMnist.DataFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The files of one data set in a folder, by the spellings in circulation: {@code train-images-idx3-ubyte.gz},
 * {@code t10k-labels.idx1-ubyte}, {@code Test_Images.idx}, {@code emnist-letters-train-images-idx3-ubyte}. Of a file that is there
 * compressed and plain, the compressed one is taken.
 *
 * @param set what the names start with, in lower case, as in "emnist-letters"; empty for MNIST's own names
 * @param files those that are there
 */
public record IdxFolder(Path folder, String set, Map<DataFile, URI> files) {
    private static final Pattern NAME = Pattern.compile(
            "(?:(.+)-)?(train|training|t10k|test|testing)-(image|label)s?" + "((?:-(?:idx[0-9]?|u?byte))*)(-gz)?");

    /** Enough for DATA/MNIST/raw, as torchvision has it. */
    private static final int MAX_DEPTH = 3;

    public IdxFolder {
        files = Map.copyOf(files);
    }

    /**
     * A file by its name.
     *
     * @param spelling without regard to case, separators and compression
     */
    private record Spelled(String set, DataFile file, String spelling, Path path) {
        static Optional<Spelled> of(Path path) {
            String text = path.getFileName().toString().toLowerCase(Locale.ROOT).replaceAll("[._ -]+", "-");
            Matcher name = NAME.matcher(text);
            if (!name.matches()) {
                return Optional.empty();
            }
            boolean training = name.group(2).startsWith("train");
            DataFile file = name.group(3).equals("image")
                    ? training ? DataFile.TRAINING_IMAGES : DataFile.TEST_IMAGES
                    : training ? DataFile.TRAINING_LABELS : DataFile.TEST_LABELS;
            String spelling = name.group(5) == null ? text : text.substring(0, name.start(5));
            return Optional.of(new Spelled(name.group(1) == null ? "" : name.group(1), file, spelling, path));
        }

        boolean isCompressed() {
            return path.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
        }
    }

    /** The files that are called as MNIST's, in the folder itself. */
    public static IdxFolder of(Path folder) {
        return in(folder, 1).stream()
                .filter(found -> found.set.isEmpty() && found.folder.equals(folder))
                .findFirst()
                .orElseGet(() -> new IdxFolder(folder, "", Map.of()));
    }

    /**
     * The data sets in a folder and the folders in it, by folder and name.
     *
     * @throws ResidualException of kind BAD_DATA if a file is there under two names
     */
    public static List<IdxFolder> in(Path folder) {
        return in(folder, MAX_DEPTH);
    }

    private static List<IdxFolder> in(Path folder, int depth) {
        SortedMap<Path, SortedMap<String, SortedMap<DataFile, SortedSet<Spelled>>>> found = new TreeMap<>();
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), depth, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    // Unpackers make folders that are called as the file in them.
                    Path parent = Objects.requireNonNull(file.getParent());
                    Path home = parent.equals(folder) || Spelled.of(parent).isEmpty()
                            ? parent
                            : Objects.requireNonNull(parent.getParent());
                    if (!attributes.isDirectory()) {
                        Spelled.of(file)
                                .ifPresent(name -> found.computeIfAbsent(home, any -> new TreeMap<>())
                                        .computeIfAbsent(name.set, any -> new TreeMap<>())
                                        .computeIfAbsent(
                                                name.file,
                                                any -> new TreeSet<>(
                                                        Comparator.comparing((Spelled other) -> !other.isCompressed())
                                                                .thenComparing(Spelled::path)))
                                        .add(name));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_DATA, folder + ": cannot be read (" + IoErrors.reason(e) + ")", e);
        }
        return found.entrySet().stream()
                .flatMap(home -> home.getValue().entrySet().stream()
                        .map(set -> new IdxFolder(home.getKey(), set.getKey(), chosen(set.getValue()))))
                .toList();
    }

    private static Map<DataFile, URI> chosen(SortedMap<DataFile, SortedSet<Spelled>> found) {
        return found.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> {
            Spelled first = entry.getValue().first();
            for (Spelled other : entry.getValue()) {
                if (!other.spelling.equals(first.spelling)) {
                    throw new ResidualException(
                            Kind.BAD_DATA,
                            first.path + " and " + other.path.getFileName()
                                    + " are names of the same part of a data set: keep one of the files.");
                }
            }
            return first.path.toUri();
        }));
    }

    public boolean isWhole() {
        return files.size() == DataFile.values().length;
    }

    /** Whether both files of training or both of test are there. */
    boolean hasAnyPart() {
        return files.keySet().containsAll(EnumSet.of(DataFile.TRAINING_IMAGES, DataFile.TRAINING_LABELS))
                || files.keySet().containsAll(EnumSet.of(DataFile.TEST_IMAGES, DataFile.TEST_LABELS));
    }

    /** As in "train-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz missing". */
    public String describeMissing() {
        if (!Files.isDirectory(folder)) {
            return "no such folder";
        }
        return Arrays.stream(DataFile.values())
                        .filter(file -> !files.containsKey(file))
                        .map(file -> set.isEmpty()
                                ? file.gzipName()
                                : set + "-" + file.gzipName().replace("t10k", "test"))
                        .collect(Collectors.joining(", "))
                + " missing";
    }
}
