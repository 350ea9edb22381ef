package io.residual.spark.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.data.SkippedFiles;
import io.residual.data.SkippedFiles.Reason;
import io.residual.data.folder.PictureFinder;
import io.residual.spark.predict.FilePart.ImageFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Finds the images that arguments name, on any file system of Hadoop: image files, Parquet files ({@code .parquet}), files of
 * IDX images ({@code ...idx3-ubyte}, {@code .gz} or not), and folders with such files. In folders, names decide what a file is.
 */
final class ImageListing {
    private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:/.*");
    private static final Pattern IDX = Pattern.compile(".*idx3-ubyte(\\.gz)?");
    private static final String PARQUET = ".parquet";

    private final Configuration storage;
    private final PartPlan plan;
    private final Consumer<String> notes;

    /** @param notes gets a line about files of folders that are skipped */
    ImageListing(Configuration storage, PartPlan plan, Consumer<String> notes) {
        this.storage = storage;
        this.plan = plan;
        this.notes = notes;
    }

    /**
     * Adds the images of an argument to the plan, those of folders in the order of their names. A file that is missing is
     * added, too: it becomes an image that cannot be read.
     *
     * @throws ResidualException of kind BAD_DATA if a folder or a table cannot be read, or a folder has no images
     */
    void add(String argument) {
        if (argument.isBlank()) {
            throw new ResidualException(
                    Kind.BAD_DATA, "\"" + argument + "\": an empty path; give a file, a folder or a table");
        }
        Path path = path(argument);
        try {
            FileSystem files = path.getFileSystem(storage);
            FileStatus status = files.getFileStatus(path);
            if (status.isDirectory()) {
                addFolder(argument.replaceFirst("(?<=.)/+$", ""), files, path);
            } else {
                addFile(argument, status);
            }
        } catch (FileNotFoundException e) {
            plan.add(new ImageFile(argument, path.toString(), 0));
        } catch (IOException | IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_DATA, argument + ": cannot be read (" + reason(e) + ")", e);
        }
    }

    private static Path path(String argument) {
        return SCHEME.matcher(argument).matches()
                ? new Path(argument)
                : new Path(java.nio.file.Path.of(argument)
                        .toAbsolutePath()
                        .normalize()
                        .toUri());
    }

    private static String reason(Exception e) {
        return e instanceof IOException error ? IoErrors.reason(error) : String.valueOf(e.getMessage());
    }

    private void addFolder(String name, FileSystem files, Path folder) throws IOException {
        Map<Reason, TreeSet<String>> skipped = new EnumMap<>(Reason.class);
        URI root = URI.create(files.makeQualified(folder).toUri() + "/");
        List<Map.Entry<String, FileStatus>> found = new ArrayList<>();
        for (FileStatus file : all(files, folder)) {
            String relative = root.relativize(file.getPath().toUri()).getPath();
            Optional<Reason> reason = reasonToSkip(relative);
            if (reason.isPresent()) {
                skipped.computeIfAbsent(reason.get(), any -> new TreeSet<>()).add(relative);
            } else {
                found.add(Map.entry(relative, file));
            }
        }
        if (found.isEmpty()) {
            throw new ResidualException(Kind.BAD_DATA, name + ": the folder has no images");
        }
        found.sort(Map.Entry.comparingByKey(PictureFinder.BY_BYTES));
        for (Map.Entry<String, FileStatus> file : found) {
            addFile(name + (name.endsWith("/") ? "" : "/") + file.getKey(), file.getValue());
        }
        SkippedFiles others = SkippedFiles.of(skipped);
        if (!others.isEmpty()) {
            notes.accept(name + ": skipped files: " + others.summary());
        }
    }

    /** All files in a folder and those in it. */
    private static List<FileStatus> all(FileSystem files, Path folder) throws IOException {
        List<FileStatus> found = new ArrayList<>();
        if (files instanceof LocalFileSystem) {
            // Listing all at once would start ls for each file, to find out whose it is.
            Deque<Path> folders = new ArrayDeque<>(List.of(folder));
            while (!folders.isEmpty()) {
                for (FileStatus status : files.listStatus(folders.remove())) {
                    if (status.isDirectory()) {
                        folders.add(status.getPath());
                    } else {
                        found.add(status);
                    }
                }
            }
            return found;
        }
        // Stores of objects list all folders in one request.
        for (RemoteIterator<LocatedFileStatus> every = files.listFiles(folder, true); every.hasNext(); ) {
            found.add(every.next());
        }
        return found;
    }

    private static Optional<Reason> reasonToSkip(String relative) {
        for (String part : relative.split("/", -1)) {
            Optional<Reason> hidden = PictureFinder.hidden(part);
            if (hidden.isPresent()) {
                return hidden;
            }
        }
        // What a job of Spark or Hadoop that is not over has written.
        boolean unfinished = relative.startsWith("_") || relative.contains("/_");
        return PictureFinder.isCalledImage(relative) || (isTable(relative) && !unfinished)
                ? Optional.empty()
                : Optional.of(Reason.NO_IMAGE);
    }

    private static boolean isTable(String name) {
        return isParquet(name) || IDX.matcher(name).matches();
    }

    private static boolean isParquet(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(PARQUET);
    }

    private void addFile(String name, FileStatus status) throws IOException {
        String uri = status.getPath().toString();
        if (isParquet(name)) {
            ParquetPart.plan(name, uri, storage).forEach(plan::add);
        } else if (IDX.matcher(name).matches()) {
            plan.add(IdxPart.all(name, uri, status.getLen(), storage));
        } else {
            plan.add(new ImageFile(name, uri, status.getLen()));
        }
    }
}
