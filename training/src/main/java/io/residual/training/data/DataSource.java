package io.residual.training.data;

import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.data.download.DownloadProgress;
import io.residual.training.data.folder.FolderOptions;
import io.residual.training.data.folder.ImageFolder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The images of one place, read when they are asked for. Not safe for use by several threads. */
public interface DataSource {
    /** The value of {@code --data} that stands for the built-in sample. */
    String SAMPLE = "sample";

    /**
     * Finds IDX files: in the place that the user named, and nowhere else; or, if none was named, Fashion-MNIST in the cache, in
     * the folder of Debian's package, or on the mirrors, from which it is downloaded into the cache.
     *
     * @param data the value of {@code --data}: a folder or {@value #SAMPLE}
     * @throws CommandException if it is nowhere; the message has each place with the reason, and what to do
     */
    static DataSource find(Optional<String> data, DataPlaces places, DownloadProgress progress) {
        if (data.isEmpty()) {
            return new FashionMnistSearch(places, progress).run();
        }
        return data.get().equals(SAMPLE) ? sample() : IdxSource.named(data.get(), path(data.get()));
    }

    /** 2,000 training and 500 test images of Fashion-MNIST, part of this program: for trials, not for results. */
    static DataSource sample() {
        return IdxSource.sample();
    }

    /**
     * A folder of pictures.
     *
     * @throws CommandException if it is none
     */
    static DataSource imageFolder(String folder, FolderOptions options) {
        return ImageFolder.open(path(folder), options);
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

    Origin origin();

    /**
     * Reads one part of the data. The training images are read once, and kept.
     *
     * @param seed which images are held back for validation where the data does not say, see {@link StratifiedSplit}
     */
    ImageSet open(Split split, long seed);

    /** All training images, none held back: what published results were trained on. */
    ImageSet wholeTraining();

    /** The corrupt images that were left out so far, each with the reason. */
    default List<String> skipped() {
        return List.of();
    }

    /** The fault of a data set of which nothing can be held back. */
    static CommandException tooFewToHoldBack(Origin origin, ImageSet training) {
        return new CommandException(
                ExitStatus.DATA,
                String.format(
                        Locale.ROOT,
                        "%s: too few training images (%,d) for a part for validation; every class needs 12 or so.",
                        origin.place(),
                        training.size()));
    }
}
