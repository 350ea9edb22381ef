package io.residual.data.folder;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.data.ClassNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder whose folders are classes, and what pictures are in them at any depth: the layout of torchvision's
 * {@code ImageFolder}. Hidden files and folders and files that are not called pictures are passed over. Names are sorted by the
 * bytes of UTF-8, as {@code LC_ALL=C sort} and Python do.
 */
final class ClassFolders {
    static final Comparator<String> BY_BYTES =
            Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "webp", "bmp", "gif");
    private static final int MAX_DEPTH = 32;

    private final Path folder;
    private final Path root;

    /** @param root that links must not leave */
    ClassFolders(Path folder, Path root) {
        this.folder = folder;
        this.root = root;
    }

    /**
     * A picture by its name.
     *
     * @param name relative to the folder, with slashes
     * @param label index of its class
     */
    record Entry(String name, Path file, int label) {}

    /** Names of the folders in this one, sorted. */
    static List<String> subfolders(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory)
                    .map(child -> child.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted(BY_BYTES)
                    .toList();
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    /**
     * All pictures, sorted by name.
     *
     * @param classes in the order of their labels
     */
    List<Entry> pictures(List<String> classes) {
        requireInside(folder);
        List<Entry> entries = new ArrayList<>();
        for (String name : subfolders(folder)) {
            int label = ClassNames.indexOf(classes, name);
            if (label < 0) {
                throw new ResidualException(
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
            collect(folder.resolve(name), label, entries);
        }
        entries.sort(Comparator.comparing(Entry::name, BY_BYTES));
        return entries;
    }

    private void collect(Path classFolder, int label, List<Entry> entries) {
        try {
            Files.walkFileTree(
                    classFolder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                            if (isHidden(directory)) {
                                return FileVisitResult.SKIP_SUBTREE;
                            }
                            requireInside(directory);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            if (isHidden(file) || !isCalledPicture(file)) {
                                return FileVisitResult.CONTINUE;
                            }
                            // A link that leads nowhere shows when it is to be read.
                            if (attributes.isRegularFile() || attributes.isSymbolicLink()) {
                                requireInside(file);
                                String name = folder.relativize(file).toString().replace('\\', '/');
                                entries.add(new Entry(name, file, label));
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw unreadable(classFolder, e);
        }
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    private static boolean isCalledPicture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    /** A data set from a stranger must not reach other files of this machine. */
    private void requireInside(Path path) {
        if (!Files.isSymbolicLink(path) || !Files.exists(path)) {
            return;
        }
        try {
            Path target = path.toRealPath();
            if (!target.startsWith(root.toRealPath())) {
                throw new ResidualException(
                        Kind.BAD_DATA,
                        path + ": a link that leads out of " + root + ", to " + target
                                + ": replace it by what it leads to, or remove it.");
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static ResidualException unreadable(Path path, IOException e) {
        return new ResidualException(Kind.BAD_DATA, path + ": cannot be read (" + IoErrors.reason(e) + ")", e);
    }
}
