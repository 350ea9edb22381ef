package io.residual.data.folder;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ClassNames;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Origin;
import io.residual.data.SkippedFiles;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.folder.FolderReading.Entry;
import io.residual.data.folder.PictureFinder.Found;
import io.residual.data.picture.PictureFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Images in folders, one per class. Either the folder has parts, {@code train/}, {@code val/} and {@code test/} in any of the
 * usual spellings, each with a folder for every class; or its own folders are the classes. Where there is no folder for
 * validation, training images are held back, see {@link StratifiedSplit}. Which files are images says {@link PictureFinder}. Names
 * of classes are in Unicode's composed form (NFC), whatever the file system made of them.
 *
 * <p>The digest of a folder is the SHA-256 of what {@code sha256sum} prints for its images, a line each, sorted by name: of
 * {@code cd train; find * -type f | LC_ALL=C sort | xargs -d '\n' sha256sum}, if there is nothing else in it.
 *
 * <p>Not safe for use by several threads.
 */
public final class ImageFolder implements DataSource {
    private final Path root;
    private final FolderOptions options;
    private final PictureFinder finder;
    private final FolderLayout layout;
    private final HeapBudget budget = HeapBudget.ofThisProcess();
    private @Nullable ImageSet wholeTraining;

    private ImageFolder(Path root, FolderOptions options, PictureFinder finder, FolderLayout layout) {
        this.root = root;
        this.options = options;
        this.finder = finder;
        this.layout = layout;
    }

    /**
     * Opens a folder; images are read when they are asked for.
     *
     * @throws ResidualException of kind BAD_DATA if there is no such folder, it is not clear how it is divided, or the classes are
     *     not given and there are no two in it
     */
    public static ImageFolder open(Path root, FolderOptions options) {
        if (!Files.isDirectory(root)) {
            throw new ResidualException(
                    Kind.BAD_DATA, root + ": no such folder. Give a folder with one folder per class.");
        }
        PictureFinder finder = new PictureFinder(root);
        FolderLayout layout = FolderLayout.of(root, finder, options.classes());
        List<String> classes =
                options.classes().isEmpty() ? classes(finder, training(root, layout)) : options.classes();
        return new ImageFolder(root, options.withClasses(classes), finder, layout);
    }

    private static List<String> classes(PictureFinder finder, Path training) {
        List<String> classes = finder.subfolders(training).stream()
                .map(ClassNames::canonical)
                .distinct()
                .sorted(PictureFinder.BY_BYTES)
                .toList();
        if (classes.size() < 2) {
            boolean isWrapped = classes.size() == 1 && finder.hasFolders(training.resolve(classes.get(0)));
            throw new ResidualException(
                    Kind.BAD_DATA,
                    training + ": expected a folder for each of at least 2 classes, found "
                            + (classes.isEmpty() ? "none" : "only " + classes.get(0)) + "."
                            + (isWrapped ? " Is " + training.resolve(classes.get(0)) + " meant?" : ""));
        }
        return classes;
    }

    private static Path training(Path root, FolderLayout layout) {
        return layout.part(Split.TRAIN)
                .orElseThrow(() -> new ResidualException(
                        Kind.BAD_DATA,
                        root + ": there is no folder for training (train or training), only "
                                + layout.describe()
                                + ". A trained network can be evaluated on it; to train, name the folder that"
                                + " has the classes."));
    }

    @Override
    public Origin origin() {
        return new Origin(Origin.Kind.IMAGES, root.toString());
    }

    @Override
    public ImageSet open(Split split, long seed) {
        Optional<Path> validation = layout.part(Split.VALIDATION);
        return switch (split) {
            case TRAIN ->
                validation.isPresent() ? wholeTraining() : halves(seed).train();
            case VALIDATION ->
                validation.map(this::read).orElseGet(() -> halves(seed).validation());
            case TEST -> read(layout.part(Split.TEST).orElseThrow(this::noTestImages));
        };
    }

    private StratifiedSplit halves(long seed) {
        StratifiedSplit halves = StratifiedSplit.of(wholeTraining(), seed);
        if (halves.validation().size() == 0) {
            throw DataSource.tooFewToHoldBack(origin(), wholeTraining());
        }
        return halves;
    }

    @Override
    public boolean has(Split split) {
        return layout.part(split).isPresent();
    }

    private ResidualException noTestImages() {
        return new ResidualException(
                Kind.BAD_DATA,
                root
                        + ": there are no test images. Evaluate on the validation images, or sort them into folders"
                        + " train and test, with the folders of the classes in each.");
    }

    @Override
    public ImageSet wholeTraining() {
        if (wholeTraining == null) {
            wholeTraining = read(training(root, layout));
        }
        return wholeTraining;
    }

    @Override
    public ImageSet labelled() {
        return layout.isFlat() ? wholeTraining() : open(Split.TEST, StratifiedSplit.SEED);
    }

    @Override
    public SkippedFiles skipped() {
        return finder.skipped();
    }

    private ImageSet read(Path folder) {
        List<Entry> entries = new ArrayList<>();
        for (String name : finder.subfolders(folder)) {
            int label = ClassNames.indexOf(options.classes(), name);
            if (label < 0) {
                throw unknownClass(folder, name);
            }
            List<Found> images = finder.images(folder.resolve(name));
            if (images.isEmpty()) {
                throw new ResidualException(
                        Kind.BAD_DATA,
                        folder.resolve(name) + ": no image in it (" + PictureFormat.NAMES + ", by the content): remove"
                                + " the folder, or fill it.");
            }
            images.forEach(found -> entries.add(new Entry(found, label)));
        }
        if (entries.isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    folder + ": expected a folder for each class, such as "
                            + options.classes().get(0) + ", found none.");
        }
        String part = folder.equals(root) ? "" : folder.getFileName().toString();
        return new FolderReading(folder, entries, options, budget).run(part, finder);
    }

    private ResidualException unknownClass(Path folder, String name) {
        List<String> classes = options.classes();
        return new ResidualException(
                Kind.BAD_DATA,
                String.format(
                        Locale.ROOT,
                        "%s: the folder %s is none of the %d classes, which are %s%s: rename or remove it.",
                        folder,
                        name,
                        classes.size(),
                        String.join(", ", classes.subList(0, Math.min(5, classes.size()))),
                        classes.size() > 5 ? ", ..." : ""));
    }
}
