package io.residual.data.folder;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Origin;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Images in folders, one per class. Either the folder has {@code train/} and beside it, as there are, one of {@code val/},
 * {@code valid/} and {@code validation/}, and {@code test/}, each with a folder for every class; or its own folders are the
 * classes. Where there is no folder for validation, training pictures are held back, see {@link StratifiedSplit}.
 *
 * <p>The digest of a folder is the SHA-256 of what {@code sha256sum} prints for its pictures, a line each, sorted by name: of
 * {@code cd train; find * -type f | LC_ALL=C sort | xargs -d '\n' sha256sum}, if there is nothing else in it.
 *
 * <p>Not safe for use by several threads.
 */
public final class ImageFolder implements DataSource {
    private static final String TRAIN = "train";
    private static final String TEST = "test";
    private static final List<String> VALIDATION = List.of("val", "valid", "validation");

    private final Path root;
    private final FolderOptions options;
    private final Path training;
    private final List<String> skipped = new ArrayList<>();
    private final HeapBudget budget = HeapBudget.ofThisProcess();
    private @Nullable ImageSet wholeTraining;

    private ImageFolder(Path root, FolderOptions options, Path training) {
        this.root = root;
        this.options = options;
        this.training = training;
    }

    /**
     * Opens a folder; pictures are read when they are asked for.
     *
     * @throws ResidualException of kind BAD_DATA if there is no such folder, or not two classes in it
     */
    public static ImageFolder open(Path root, FolderOptions options) {
        if (!Files.isDirectory(root)) {
            throw new ResidualException(
                    Kind.BAD_DATA, root + ": no such folder. Give a folder with one folder per class.");
        }
        List<String> folders = ClassFolders.subfolders(root);
        Path training = isSplit(folders) ? root.resolve(TRAIN) : root;
        List<String> classes = options.classes().isEmpty() ? ClassFolders.subfolders(training) : options.classes();
        if (classes.size() < 2) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    training + ": expected a folder for each of at least 2 classes, found "
                            + (classes.isEmpty() ? "none" : "only " + classes.get(0)) + ".");
        }
        return new ImageFolder(root, options.withClasses(classes), training);
    }

    /** A class may be called train: where the other folders are no parts of a split, it is one. */
    private static boolean isSplit(List<String> folders) {
        return folders.contains(TRAIN)
                && folders.stream()
                        .allMatch(name -> name.equals(TRAIN) || name.equals(TEST) || VALIDATION.contains(name));
    }

    @Override
    public Origin origin() {
        return new Origin(Origin.Kind.IMAGES, root.toString());
    }

    @Override
    public ImageSet open(Split split, long seed) {
        Optional<Path> validation = validationFolder();
        return switch (split) {
            case TRAIN ->
                validation.isPresent() ? wholeTraining() : halves(seed).train();
            case VALIDATION ->
                validation.map(this::read).orElseGet(() -> halves(seed).validation());
            case TEST -> read(testFolder());
        };
    }

    private StratifiedSplit halves(long seed) {
        StratifiedSplit halves = StratifiedSplit.of(wholeTraining(), seed);
        if (halves.validation().size() == 0) {
            throw DataSource.tooFewToHoldBack(origin(), wholeTraining());
        }
        return halves;
    }

    private Optional<Path> validationFolder() {
        if (training.equals(root)) {
            return Optional.empty();
        }
        List<Path> found = VALIDATION.stream()
                .map(root::resolve)
                .filter(Files::isDirectory)
                .toList();
        if (found.size() > 1) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    root + ": " + found.get(0).getFileName() + " and "
                            + found.get(1).getFileName() + " are both folders for validation: keep one.");
        }
        return found.stream().findFirst();
    }

    @Override
    public boolean has(Split split) {
        return split != Split.TEST || !training.equals(root) && Files.isDirectory(root.resolve(TEST));
    }

    private Path testFolder() {
        Path test = root.resolve(TEST);
        if (training.equals(root) || !Files.isDirectory(test)) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    root
                            + ": there are no test images. Evaluate on the validation images, or sort them into"
                            + " folders train and test, with the folders of the classes in each.");
        }
        return test;
    }

    @Override
    public ImageSet wholeTraining() {
        if (wholeTraining == null) {
            wholeTraining = read(training);
        }
        return wholeTraining;
    }

    @Override
    public List<String> skipped() {
        return List.copyOf(skipped);
    }

    private ImageSet read(Path folder) {
        List<ClassFolders.Entry> entries = new ClassFolders(folder, root).pictures(options.classes());
        String name = folder.equals(root) ? "." : folder.getFileName().toString();
        return new FolderReading(folder, entries, options, budget).run(name, skipped);
    }
}
