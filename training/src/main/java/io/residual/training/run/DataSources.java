package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.data.DataSource;
import io.residual.data.download.DataPlaces;
import io.residual.data.download.DownloadProgress;
import io.residual.data.download.FashionMnistSearch;
import io.residual.data.folder.Colour;
import io.residual.data.folder.FolderOptions;
import io.residual.data.folder.ImageFolder;
import io.residual.data.idx.IdxSource;
import io.residual.training.config.DataChoice;
import io.residual.training.config.DataChoice.PictureFolder;
import io.residual.training.config.DataSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The images that a spec names, on this system. */
public final class DataSources {
    private DataSources() {}

    /**
     * Finds the images to train on, and fetches them if the choice is open and they are nowhere here.
     *
     * @throws ResidualException of kind BAD_DATA that says where they were looked for
     */
    public static DataSource find(DataSpec spec) {
        return find(spec.source(), spec.folderOptions(List.of()));
    }

    /**
     * Finds images for a network that was trained before: with its channels, and its classes in its order.
     *
     * @param choice other images than those of the run; empty for its own
     * @throws ResidualException of kind BAD_DATA that says where they were looked for, or what does not fit
     */
    public static DataSource find(RunDirectory run, Optional<DataChoice> choice) {
        DataSpec spec = run.spec().data();
        DataOrigin trainedOn = run.manifest().data();
        FolderOptions options = new FolderOptions(
                spec.input(),
                Colour.ofChannels(trainedOn.channels()),
                spec.folder().onCorruptImage(),
                trainedOn.classes());
        return find(choice.orElse(spec.source()), options);
    }

    private static DataSource find(DataChoice choice, FolderOptions options) {
        return find(choice, options, DataPlaces.of(System.getenv(), Path.of(System.getProperty("user.home"))));
    }

    static DataSource find(DataChoice choice, FolderOptions options, DataPlaces places) {
        if (choice instanceof PictureFolder folder) {
            return ImageFolder.open(Path.of(folder.path()), options);
        }
        if (choice instanceof DataChoice.Directory directory) {
            return IdxSource.open(Path.of(directory.path()));
        }
        return choice == DataChoice.Named.SAMPLE
                ? IdxSource.sample()
                : new FashionMnistSearch(places, DownloadProgress.on(System.err)).run();
    }
}
