package io.residual.training;

import io.residual.training.data.DataPlaces;
import io.residual.training.data.DataSource;
import io.residual.training.data.FashionMnist.DataFile;
import io.residual.training.data.ImageSet;
import io.residual.training.data.download.DownloadProgress;
import io.residual.training.run.DataOrigin;
import io.residual.training.spec.DataChoice;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The images that a spec names, on this system. */
public final class RunData {
    /** IDX images are grey. */
    public static final int CHANNELS = 1;

    private RunData() {}

    /**
     * Finds the images, and fetches them if the choice is open and they are nowhere here.
     *
     * @throws CommandException of status DATA that says where they were looked for
     */
    public static DataSource find(DataChoice choice) {
        return find(choice, DataPlaces.of(System.getenv(), Path.of(System.getProperty("user.home"))));
    }

    static DataSource find(DataChoice choice, DataPlaces places) {
        Optional<String> named = choice == DataChoice.Named.AUTO ? Optional.empty() : Optional.of(choice.toString());
        return DataSource.find(named, places, DownloadProgress.on(System.err));
    }

    static DataOrigin origin(DataSource data, ImageSet training) {
        return DataOrigin.of(
                data.origin().describe(),
                CHANNELS,
                training.classNames(),
                Map.of(
                        DataFile.TRAINING_IMAGES.plainName(), training.digests().images(),
                        DataFile.TRAINING_LABELS.plainName(), training.digests().labels()));
    }
}
