package io.residual.data.idx;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.data.ClassNames;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Origin;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.FashionMnist.DataFile;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The IDX files of one place: four, or those of the test images alone, for a network that was trained before.
 *
 * <p>Files from anywhere but a folder that the user named must have the content of Fashion-MNIST. The named folder may
 * hold any images of the same layout with labels from 0 to 9; their classes are called "0" to "9", unless the content
 * is Fashion-MNIST's or a file {@code classes.txt} has the names, one a line, which also sets how many classes there
 * are. It may also hold a data set of {@link Emnist} under its own names; of several, one is meant by
 * {@code DIR/emnist-letters}.
 */
public final class IdxSource implements DataSource {
    static final String CLASSES_FILE = "classes.txt";
    /** Windows writes it at the start of a text. */
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private static final int MAX_CLASSES = 256;
    private static final List<String> DIGITS =
            IntStream.range(0, 10).mapToObj(Integer::toString).toList();

    private final Origin origin;
    private final Map<DataFile, URI> files;
    private final List<String> classNames;
    private final @Nullable Emnist emnist;
    private @Nullable ImageSet training;

    private IdxSource(Origin origin, Map<DataFile, URI> files, List<String> classNames, @Nullable Emnist emnist) {
        this.origin = origin;
        this.files = files;
        this.classNames = classNames;
        this.emnist = emnist;
    }

    public static IdxSource sample() {
        Map<DataFile, URI> files = new EnumMap<>(DataFile.class);
        for (DataFile file : DataFile.values()) {
            files.put(file, resource("sample/" + file.gzipName()));
        }
        String place = DataSource.class.getPackageName() + ".sample";
        return ofFashionMnist(new Origin(Origin.Kind.SAMPLE, place), files);
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

    /**
     * The data set of IDX files in a folder or the folders in it, see {@link IdxFolder}.
     *
     * @param folder of the files, or, if there are several data sets, DIR/emnist-letters and so on
     * @throws ResidualException of kind BAD_DATA if files are missing, or it is not clear which ones are meant
     */
    public static IdxSource open(Path folder) {
        Origin origin = new Origin(Origin.Kind.FOLDER, folder.toString());
        if (Files.isDirectory(folder)) {
            return of(origin, only(folder, IdxFolder.in(folder)));
        }
        String name = String.valueOf(folder.getFileName()).toLowerCase(Locale.ROOT);
        Path parent = folder.toAbsolutePath().getParent();
        List<IdxFolder> sets = parent != null && Files.isDirectory(parent)
                ? IdxFolder.in(parent).stream()
                        .filter(found -> found.set().equals(name))
                        .toList()
                : List.of();
        if (sets.isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_DATA, folder + ": no such folder. Give a folder of IDX files or of images, or 'sample'.");
        }
        return of(origin, only(folder, sets));
    }

    private static IdxFolder only(Path folder, List<IdxFolder> sets) {
        Optional<IdxFolder> plain = sets.stream()
                .filter(set -> set.set().isEmpty() && set.folder().equals(folder) && set.isWhole())
                .findFirst();
        List<IdxFolder> usable = sets.stream().filter(IdxFolder::hasAnyPart).toList();
        if (plain.isPresent() || usable.size() == 1 || sets.size() == 1) {
            return plain.orElseGet(() -> usable.isEmpty() ? sets.get(0) : usable.get(0));
        }
        throw new ResidualException(
                Kind.BAD_DATA,
                folder + ": "
                        + (sets.isEmpty()
                                ? "no data set is in it: neither IDX files, " + DataFile.TRAINING_IMAGES.gzipName()
                                        + " and so on, nor a folder of images for each class."
                                : "several data sets are in it: choose one of "
                                        + sets.stream()
                                                .map(set -> set.folder()
                                                        .resolve(set.set())
                                                        .toString())
                                                .collect(Collectors.joining(", "))
                                        + "."));
    }

    private static IdxSource of(Origin origin, IdxFolder found) {
        if (!found.hasAnyPart()) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    origin.place() + ": " + found.describeMissing() + ". A data set is four files, "
                            + DataFile.TRAINING_IMAGES.gzipName() + " and so on, compressed or not.");
        }
        Optional<Emnist> emnist = Emnist.named(found.set());
        return new IdxSource(
                origin,
                found.files(),
                emnist.map(Emnist::classNames).orElseGet(() -> classNames(found.folder())),
                emnist.orElse(null));
    }

    private static List<String> classNames(Path folder) {
        Path file = folder.resolve(CLASSES_FILE);
        if (!Files.isRegularFile(file)) {
            return DIGITS;
        }
        List<String> names;
        try {
            names = ClassNames.canonical(Files.readString(file))
                    .replace(BYTE_ORDER_MARK, "")
                    .lines()
                    .map(String::strip)
                    .toList();
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_DATA, file + ": cannot be read (" + IoErrors.reason(e) + ")", e);
        }
        if (names.size() < 2
                || names.size() > MAX_CLASSES
                || names.stream().anyMatch(String::isBlank)
                || names.stream().distinct().count() < names.size()) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    file + ": expected 2 to 256 names of classes, one a line, no blank line, none twice.");
        }
        return names;
    }

    /** Files that must have Fashion-MNIST's content. */
    public static IdxSource ofFashionMnist(Origin origin, Map<DataFile, URI> files) {
        return new IdxSource(origin, files, FashionMnist.CLASS_NAMES, null);
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public ImageSet open(Split split, long seed) {
        return switch (split) {
            case TRAIN -> halves(seed).train();
            case VALIDATION -> halves(seed).validation();
            case TEST -> read(DataFile.TEST_IMAGES, DataFile.TEST_LABELS);
        };
    }

    private StratifiedSplit halves(long seed) {
        StratifiedSplit halves = StratifiedSplit.of(wholeTraining(), seed);
        if (halves.validation().size() == 0) {
            throw DataSource.tooFewToHoldBack(origin, wholeTraining());
        }
        return halves;
    }

    @Override
    public boolean has(Split split) {
        return switch (split) {
            case TRAIN -> files.containsKey(DataFile.TRAINING_IMAGES) && files.containsKey(DataFile.TRAINING_LABELS);
            case VALIDATION -> false;
            case TEST -> files.containsKey(DataFile.TEST_IMAGES) && files.containsKey(DataFile.TEST_LABELS);
        };
    }

    @Override
    public ImageSet wholeTraining() {
        if (training == null) {
            training = read(DataFile.TRAINING_IMAGES, DataFile.TRAINING_LABELS);
        }
        return training;
    }

    private ImageSet read(DataFile images, DataFile labels) {
        if (!files.containsKey(images) || !files.containsKey(labels)) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    String.format(
                            Locale.ROOT,
                            "%s: there are no %s images, since %s or %s is missing.",
                            origin.place(),
                            images == DataFile.TRAINING_IMAGES ? "training" : "test",
                            images.gzipName(),
                            labels.gzipName()));
        }
        int firstLabel = emnist == null ? 0 : emnist.firstLabel();
        try {
            IdxFile imageFile = IdxFile.readImages(uri(images));
            IdxFile labelFile = IdxFile.readLabels(uri(labels), classNames.size(), firstLabel);
            switch (origin.kind()) {
                case CACHE, INSTALLED, DOWNLOAD -> {
                    requireContent(images, imageFile.sha256());
                    requireContent(labels, labelFile.sha256());
                }
                case FOLDER, IMAGES, SAMPLE -> {
                    // A folder may hold any data set; the sample is fixed by the build.
                }
            }
            boolean known = imageFile.sha256().equals(images.sha256())
                    && labelFile.sha256().equals(labels.sha256())
                    && classNames.size() == FashionMnist.CLASS_NAMES.size();
            return (emnist == null ? imageFile : imageFile.transposed())
                    .withLabels(labelFile, known ? FashionMnist.CLASS_NAMES : classNames);
        } catch (ResidualException e) {
            throw new ResidualException(e.kind(), e.getMessage() + origin.kind().hint(), e);
        }
    }

    private void requireContent(DataFile file, String sha256) {
        if (!sha256.equals(file.sha256())) {
            throw new ResidualException(
                    Kind.BAD_DATA,
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
