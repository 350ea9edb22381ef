package io.residual.data.folder;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.Split;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a folder is divided: its own folders are the classes, or they are the parts of a split, in any case and in the usual
 * spellings, with a folder for every class in each.
 */
final class FolderLayout {
    private static final Map<String, Split> SPELLINGS = Map.of(
            "train", Split.TRAIN,
            "training", Split.TRAIN,
            "val", Split.VALIDATION,
            "valid", Split.VALIDATION,
            "validation", Split.VALIDATION,
            "eval", Split.VALIDATION,
            "test", Split.TEST,
            "testing", Split.TEST);

    private final Path root;
    /** Empty if the folders are the classes. */
    private final Map<Split, Path> parts;

    private FolderLayout(Path root, Map<Split, Path> parts) {
        this.root = root;
        this.parts = parts;
    }

    /**
     * Recognises the layout.
     *
     * @param classes if they are known
     * @throws ResidualException of kind BAD_DATA if some folders are called as parts of a split, and others are not
     */
    static FolderLayout of(Path root, PictureFinder finder, List<String> classes) {
        Map<Split, List<String>> named = new EnumMap<>(Split.class);
        List<String> others = new ArrayList<>();
        for (String folder : finder.subfolders(root)) {
            Optional.ofNullable(SPELLINGS.get(folder.toLowerCase(Locale.ROOT)))
                    .ifPresentOrElse(
                            split -> named.computeIfAbsent(split, any -> new ArrayList<>())
                                    .add(folder),
                            () -> others.add(folder));
        }
        List<String> names = named.values().stream().flatMap(List::stream).toList();
        // A class may be called train: one folder of that name among others, with images in it and no folders.
        boolean oneIsClass = !others.isEmpty() && names.size() == 1 && !finder.hasFolders(root.resolve(names.get(0)));
        if (names.isEmpty() || oneIsClass || (!classes.isEmpty() && classes.containsAll(names))) {
            return new FolderLayout(root, Map.of());
        }
        if (!others.isEmpty()) {
            throw ambiguous(root, names, others);
        }
        Map<Split, Path> parts = new EnumMap<>(Split.class);
        named.forEach((split, folders) -> parts.put(split, root.resolve(only(root, split, folders))));
        return new FolderLayout(root, parts);
    }

    private static ResidualException ambiguous(Path root, List<String> names, List<String> others) {
        return new ResidualException(
                Kind.BAD_DATA,
                root + ": the folders " + String.join(", ", names) + " are parts of a split by their names, but "
                        + others.stream().limit(5).collect(Collectors.joining(", "))
                        + (others.size() > 5 ? ", ..." : "")
                        + " beside them can be neither a part nor a class: move " + (others.size() > 1 ? "them" : "it")
                        + " elsewhere, or rename the folders of a split if all are classes.");
    }

    private static String only(Path root, Split split, List<String> folders) {
        if (folders.size() > 1) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    root + ": " + folders.get(0) + " and " + folders.get(1) + " are both folders for " + noun(split)
                            + ": keep one.");
        }
        return folders.get(0);
    }

    static String noun(Split split) {
        return switch (split) {
            case TRAIN -> "training";
            case VALIDATION -> "validation";
            case TEST -> "test";
        };
    }

    /** Whether the folders are the classes. */
    boolean isFlat() {
        return parts.isEmpty();
    }

    /** The folder with the classes of a part; the root itself has those of training if nothing is divided. */
    Optional<Path> part(Split split) {
        return isFlat() && split == Split.TRAIN ? Optional.of(root) : Optional.ofNullable(parts.get(split));
    }

    /** Names of the parts, as in "test". */
    String describe() {
        return parts.values().stream()
                .map(part -> part.getFileName().toString())
                .collect(Collectors.joining(", "));
    }
}
