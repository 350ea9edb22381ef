package io.residual.data.idx;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
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
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The four IDX files of one place.
 *
 * <p>Files from anywhere but a folder that the user named must have the content of Fashion-MNIST. The named folder may
 * hold any images of the same layout with labels from 0 to 9; their classes are called "0" to "9", unless the content
 * is Fashion-MNIST's or a file {@code classes.txt} has the names, one a line, which also sets how many classes there
 * are. It may also hold a data set of {@link Emnist} under its own names; of several, one is meant by
 * {@code DIR/emnist-letters}.
 */
public final class IdxSource implements DataSource {
    private static final String CLASSES_FILE = "classes.txt";
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
     * Four IDX files in a folder, or one of the data sets of EMNIST in it.
     *
     * @param folder of the files, or DIR/emnist-letters and so on
     * @throws ResidualException of kind BAD_DATA if files are missing, or it is not clear which ones are meant
     */
    public static IdxSource open(Path folder) {
        Path name = folder.getFileName();
        Optional<Emnist> meant =
                name == null || Files.isDirectory(folder) ? Optional.empty() : Emnist.named(name.toString());
        if (meant.isPresent()) {
            return emnist(folder, folder.resolveSibling(""), meant.get());
        }
        if (!Files.isDirectory(folder)) {
            throw new ResidualException(
                    Kind.BAD_DATA, folder + ": no such folder. Give the folder with the four files, or 'sample'.");
        }
        IdxFolder found = IdxFolder.of(folder);
        if (found.isWhole()) {
            return new IdxSource(
                    new Origin(Origin.Kind.FOLDER, folder.toString()), found.files(), classNames(folder), null);
        }
        List<Emnist> complete = Arrays.stream(Emnist.values())
                .filter(set -> IdxFolder.of(folder, set).isWhole())
                .toList();
        if (complete.size() == 1) {
            return emnist(folder, folder, complete.get(0));
        }
        throw new ResidualException(
                Kind.BAD_DATA,
                folder + ": "
                        + (complete.isEmpty()
                                ? found.describeMissing() + ". A data set is four files, "
                                        + DataFile.TRAINING_IMAGES.gzipName() + " and so on, compressed or not."
                                : "several data sets of EMNIST are there: choose one, such as "
                                        + folder.resolve(complete.get(0).prefix()) + "."));
    }

    private static IdxSource emnist(Path given, Path folder, Emnist set) {
        IdxFolder found = IdxFolder.of(folder, set);
        if (!found.isWhole()) {
            throw new ResidualException(Kind.BAD_DATA, given + ": " + found.describeMissing() + ".");
        }
        return new IdxSource(new Origin(Origin.Kind.FOLDER, given.toString()), found.files(), set.classNames(), set);
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
    public ImageSet wholeTraining() {
        if (training == null) {
            training = read(DataFile.TRAINING_IMAGES, DataFile.TRAINING_LABELS);
        }
        return training;
    }

    private ImageSet read(DataFile images, DataFile labels) {
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
