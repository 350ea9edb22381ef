package io.residual.training;

import io.residual.training.data.DataPlaces;
import io.residual.training.data.DataSource;
import io.residual.training.data.download.DownloadProgress;
import io.residual.training.data.folder.Colour;
import io.residual.training.data.folder.FolderOptions;
import io.residual.training.run.DataOrigin;
import io.residual.training.run.RunDirectory;
import io.residual.training.spec.DataChoice;
import io.residual.training.spec.DataChoice.PictureFolder;
import io.residual.training.spec.DataSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The images that a spec names, on this system. */
public final class RunData {
    private RunData() {}

    /**
     * Finds the images to train on, and fetches them if the choice is open and they are nowhere here.
     *
     * @throws CommandException of status DATA that says where they were looked for
     */
    public static DataSource find(DataSpec spec) {
        return find(spec.source(), spec.folderOptions(List.of()));
    }

    /**
     * Finds images for a network that was trained before: with its channels, and its classes in its order.
     *
     * @param choice other images than those of the run; empty for its own
     * @throws CommandException of status DATA that says where they were looked for, or what does not fit
     */
    public static DataSource find(RunDirectory run, Optional<DataChoice> choice) {
        DataSpec spec = run.spec().data();
        DataOrigin trainedOn = run.manifest().data();
        FolderOptions options = new FolderOptions(
                spec.input(),
                Colour.ofChannels(trainedOn.channels()),
                spec.folder().onCorruptImage(),
                spec.folder().outsideLinks(),
                trainedOn.classes());
        return find(choice.orElse(spec.source()), options);
    }

    private static DataSource find(DataChoice choice, FolderOptions options) {
        return choice instanceof PictureFolder folder
                ? DataSource.imageFolder(folder.path(), options)
                : findIdx(choice, DataPlaces.of(System.getenv(), Path.of(System.getProperty("user.home"))));
    }

    static DataSource findIdx(DataChoice choice, DataPlaces places) {
        Optional<String> named = choice == DataChoice.Named.AUTO ? Optional.empty() : Optional.of(choice.toString());
        return DataSource.find(named, places, DownloadProgress.on(System.err));
    }
}
