package io.residual.data.folder;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.data.SkippedFiles;
import io.residual.data.SkippedFiles.Reason;
import io.residual.data.picture.PictureFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds the images in a folder, the same ones for training and for prediction, and remembers what it skips.
 *
 * <p>An image is a file whose first bytes are those of a {@link PictureFormat}, or whose name ends like an image's: that one is
 * corrupt if it cannot be read. Hidden files, those of the system, pipes and devices are skipped. Links are followed as long as
 * they stay within the folder, which may itself be a link: an unpacked archive must not make a run read other files. A link
 * back to a folder above is skipped. Names are sorted by the bytes of UTF-8, as {@code LC_ALL=C sort} and Python do.
 *
 * <p>Not safe for use by several threads.
 */
public final class PictureFinder {
    /** The order of names: by the bytes of UTF-8. */
    public static final Comparator<String> BY_BYTES =
            Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private static final Set<String> ENDINGS =
            Set.of("jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "gif", "tif", "tiff");

    private static final Set<String> SYSTEM = Set.of(
            "thumbs.db",
            "ehthumbs.db",
            "desktop.ini",
            "icon\r",
            "__macosx",
            "@eadir",
            "$recycle.bin",
            "system volume information",
            "lost+found",
            "__pycache__");

    private static final int HEAD_BYTES = 32;
    private static final int MAX_DEPTH = 32;
    /** Few links can make many paths, each doubling those of the next. */
    private static final int MAX_LINKED_FOLDERS = 10_000;

    private final Path root;
    private final Map<Reason, Set<String>> skipped = new EnumMap<>(Reason.class);
    private int linkedFolders;

    /** @param root that links must not leave */
    public PictureFinder(Path root) {
        this.root = root;
    }

    /**
     * An image file.
     *
     * @param name relative to the root, with slashes
     */
    public record Found(String name, Path file) {}

    /** What was skipped so far. */
    public SkippedFiles skipped() {
        return SkippedFiles.of(skipped);
    }

    void skip(Reason reason, String what) {
        skipped.computeIfAbsent(reason, any -> new TreeSet<>(BY_BYTES)).add(what);
    }

    /** Whether there are folders in this one that may be classes. */
    public boolean hasFolders(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.anyMatch(child -> hidden(child).isEmpty() && Files.isDirectory(child));
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    /** Names of the folders in this one, sorted. Files beside them are skipped. */
    List<String> subfolders(Path folder) {
        List<String> names = new ArrayList<>();
        try (Stream<Path> children = Files.list(folder)) {
            for (Path child : children.toList()) {
                Optional<Reason> hidden = hidden(child);
                if (hidden.isEmpty() && Files.isDirectory(child)) {
                    names.add(child.getFileName().toString());
                } else {
                    skip(hidden.orElse(Reason.BESIDE), name(child));
                }
            }
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
        names.sort(BY_BYTES);
        return names;
    }

    /**
     * All images in a folder and the folders in it, sorted by name.
     *
     * @param folder the root, or one below it
     * @throws ResidualException of kind BAD_DATA if a folder cannot be read, or a link leads out of the root
     */
    public List<Found> images(Path folder) {
        List<Found> found = new ArrayList<>();
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, new Visitor(folder, found));
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
        found.sort(Comparator.comparing(Found::name, BY_BYTES));
        return found;
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Path folder;
        private final List<Found> found;

        Visitor(Path folder, List<Found> found) {
            this.folder = folder;
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            if (!directory.equals(folder) && !isVisible(directory)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            if (!directory.equals(root) && Files.isSymbolicLink(directory)) {
                Path parent = directory.toAbsolutePath().getParent();
                if (parent != null && parent.toRealPath().startsWith(directory.toRealPath())) {
                    skip(Reason.LOOP, name(directory));
                    return FileVisitResult.SKIP_SUBTREE;
                }
                requireInside(directory);
                requireFewLinks();
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isVisible(file)) {
                return FileVisitResult.CONTINUE;
            }
            if (attributes.isDirectory()) {
                skip(Reason.TOO_DEEP, name(file));
            } else if (attributes.isOther()) {
                skip(Reason.DEVICE, name(file));
            } else if (!isCalledImage(file) && !attributes.isRegularFile()) {
                skip(Reason.LINK_TO_NOWHERE, name(file));
            } else {
                // A link that leads nowhere shows when it is to be read.
                requireInside(file);
                if (isCalledImage(file) || startsLikeImage(file)) {
                    found.add(new Found(name(file), file));
                } else {
                    skip(Reason.NO_IMAGE, name(file));
                }
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof FileSystemLoopException) {
                skip(Reason.LOOP, name(file));
                return FileVisitResult.CONTINUE;
            }
            throw unreadable(file, e);
        }
    }

    private boolean isVisible(Path path) {
        Optional<Reason> hidden = hidden(path);
        hidden.ifPresent(reason -> skip(reason, name(path)));
        return hidden.isEmpty();
    }

    private static Optional<Reason> hidden(Path path) {
        return hidden(path.getFileName().toString());
    }

    /** Why files and folders of this name are skipped, if they are. */
    public static Optional<Reason> hidden(String name) {
        if (name.startsWith(".")) {
            return Optional.of(Reason.HIDDEN);
        }
        return SYSTEM.contains(name.toLowerCase(Locale.ROOT)) ? Optional.of(Reason.SYSTEM) : Optional.empty();
    }

    private static boolean isCalledImage(Path file) {
        return isCalledImage(file.getFileName().toString());
    }

    /** Whether the name of a file ends like an image's. */
    public static boolean isCalledImage(String name) {
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    private static boolean startsLikeImage(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return PictureFormat.of(in.readNBytes(HEAD_BYTES)).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private String name(Path path) {
        return root.relativize(path).toString().replace('\\', '/');
    }

    private void requireFewLinks() {
        if (++linkedFolders > MAX_LINKED_FOLDERS) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    root + ": more than " + MAX_LINKED_FOLDERS + " folders are reached by links: remove some of them.");
        }
    }

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
                                + ": replace links by what they lead to, as a copy by cp -rL does, or remove them.");
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static ResidualException unreadable(Path path, IOException e) {
        return new ResidualException(Kind.BAD_DATA, path + ": cannot be read (" + IoErrors.reason(e) + ")", e);
    }
}
