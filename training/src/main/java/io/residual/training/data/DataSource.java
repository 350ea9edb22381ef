package io.residual.training.data;

import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.data.FashionMnist.DataFile;
import io.residual.training.data.download.DownloadProgress;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The four IDX files of one place, read when they are asked for. Not safe for use by several threads.
 *
 * <p>Files from anywhere but a folder that the user named must have the content of Fashion-MNIST. The named folder may
 * hold any images of the same layout with labels from 0 to 9; their classes are called "0" to "9", unless the content
 * is Fashion-MNIST's or a file {@code classes.txt} has the names, one a line, which also sets how many classes there
 * are.
 */
public final class DataSource {
    /** The value of {@code --data} that stands for the built-in sample. */
    public static final String SAMPLE = "sample";

    private static final String CLASSES_FILE = "classes.txt";
    private static final int MAX_CLASSES = 256;
    private static final List<String> DIGITS =
            IntStream.range(0, 10).mapToObj(Integer::toString).toList();

    private final Origin origin;
    private final Map<DataFile, URI> files;
    private final List<String> classNames;
    private @Nullable ImageSet training;

    private DataSource(Origin origin, Map<DataFile, URI> files, List<String> classNames) {
        this.origin = origin;
        this.files = files;
        this.classNames = classNames;
    }

    /**
     * Finds the data: in the place that the user named, and nowhere else; or, if none was named, in the cache, in the
     * folder of Debian's package, or on the mirrors, from which it is downloaded into the cache.
     *
     * @param data the value of {@code --data}: a folder or {@value #SAMPLE}
     * @throws CommandException if it is nowhere; the message has each place with the reason, and what to do
     */
    public static DataSource find(Optional<String> data, DataPlaces places, DownloadProgress progress) {
        if (data.isEmpty()) {
            return new FashionMnistSearch(places, progress).run();
        }
        return data.get().equals(SAMPLE) ? sample() : named(data.get());
    }

    /** 2,000 training and 500 test images of Fashion-MNIST, part of this program: for trials, not for results. */
    public static DataSource sample() {
        Map<DataFile, URI> files = new EnumMap<>(DataFile.class);
        for (DataFile file : DataFile.values()) {
            files.put(file, resource("sample/" + file.gzipName()));
        }
        String place = DataSource.class.getPackageName() + ".sample";
        return new DataSource(new Origin(Origin.Kind.SAMPLE, place), files, FashionMnist.CLASS_NAMES);
    }

    private static URI resource(String name) {
        URL url = Objects.requireNonNull(
                DataSource.class.getResource(name), () -> "the class path lacks " + name + " of this package");
        try {
            return url.toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path has a resource without an address: " + url, e);
        }
    }

    private static DataSource named(String data) {
        Path folder = path(data);
        if (!Files.isDirectory(folder)) {
            throw new CommandException(
                    ExitStatus.DATA,
                    "--data " + data + ": no such folder. Give the folder with the four files, or '" + SAMPLE + "'.");
        }
        IdxFolder found = IdxFolder.of(folder);
        if (!found.missing().isEmpty()) {
            throw new CommandException(
                    ExitStatus.DATA,
                    "--data " + data + ": " + found.describeMissing() + ". A data set is four files, "
                            + DataFile.TRAINING_IMAGES.gzipName() + " and so on, compressed or not.");
        }
        return new DataSource(new Origin(Origin.Kind.FOLDER, data), found.files(), classNames(folder));
    }

    private static Path path(String data) {
        try {
            if (!data.isBlank()) {
                return Path.of(data);
            }
        } catch (InvalidPathException e) {
            throw new CommandException(ExitStatus.USAGE, "--data: '" + data + "' cannot be a folder's name.", e);
        }
        throw new CommandException(ExitStatus.USAGE, "--data: the value is blank. Give a folder or '" + SAMPLE + "'.");
    }

    private static List<String> classNames(Path folder) {
        Path file = folder.resolve(CLASSES_FILE);
        if (!Files.exists(file)) {
            return DIGITS;
        }
        List<String> names;
        try {
            names = Files.readAllLines(file);
        } catch (IOException e) {
            throw new CommandException(
                    ExitStatus.DATA, file + ": cannot be read as UTF-8 text (" + e.getMessage() + ")", e);
        }
        if (names.size() < 2
                || names.size() > MAX_CLASSES
                || names.stream().anyMatch(String::isBlank)
                || names.stream().distinct().count() < names.size()) {
            throw new CommandException(
                    ExitStatus.DATA,
                    file + ": expected 2 to 256 names of classes, one a line, no blank line, none twice.");
        }
        return names;
    }

    /** Files that must have Fashion-MNIST's content. */
    static DataSource ofFashionMnist(Origin origin, Map<DataFile, URI> files) {
        return new DataSource(origin, files, FashionMnist.CLASS_NAMES);
    }

    public Origin origin() {
        return origin;
    }

    /**
     * Reads one part of the data. The training files are read once, and kept.
     *
     * @param seed which images are held back for validation, see {@link StratifiedSplit}
     */
    public ImageSet open(Split split, long seed) {
        ImageSet images = switch (split) {
            case TRAIN -> StratifiedSplit.of(wholeTraining(), seed).train();
            case VALIDATION -> StratifiedSplit.of(wholeTraining(), seed).validation();
            case TEST -> read(DataFile.TEST_IMAGES, DataFile.TEST_LABELS);
        };
        if (images.size() == 0) {
            throw new CommandException(
                    ExitStatus.DATA,
                    String.format(
                            Locale.ROOT,
                            "%s: too few training images (%,d) for a part for %s; every class needs 12 or so.",
                            origin.place(),
                            wholeTraining().size(),
                            split.name().toLowerCase(Locale.ROOT)));
        }
        return images;
    }

    /** All training images, none held back: what published results were trained on. */
    public ImageSet wholeTraining() {
        if (training == null) {
            training = read(DataFile.TRAINING_IMAGES, DataFile.TRAINING_LABELS);
        }
        return training;
    }

    private ImageSet read(DataFile images, DataFile labels) {
        try (IdxRecordReader reader = IdxRecordReader.of(uri(images), uri(labels), classNames)) {
            IdxDigests digests = reader.digests();
            switch (origin.kind()) {
                case CACHE, INSTALLED, DOWNLOAD -> {
                    requireContent(images, digests.images());
                    requireContent(labels, digests.labels());
                }
                case FOLDER, SAMPLE -> {
                    // A folder may hold any data set; the sample is fixed by the build.
                }
            }
            ImageSet set = ImageSet.read(reader);
            boolean known = digests.equals(new IdxDigests(images.sha256(), labels.sha256()));
            return known ? set.withClassNames(FashionMnist.CLASS_NAMES) : set;
        } catch (CommandException e) {
            throw new CommandException(
                    e.status(), e.getMessage() + origin.kind().cure(), e);
        }
    }

    private void requireContent(DataFile file, String sha256) {
        if (!sha256.equals(file.sha256())) {
            throw new CommandException(
                    ExitStatus.DATA,
                    String.format(
                            Locale.ROOT,
                            "%s: the content is not Fashion-MNIST's (SHA-256 %s, expected %s).",
                            Path.of(uri(file)),
                            sha256,
                            file.sha256()));
        }
    }

    private URI uri(DataFile file) {
        return Objects.requireNonNull(files.get(file));
    }
}
