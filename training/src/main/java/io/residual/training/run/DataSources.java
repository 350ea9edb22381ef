package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.download.DataPlaces;
import io.residual.data.download.DownloadProgress;
import io.residual.data.download.FashionMnistSearch;
import io.residual.data.folder.Colour;
import io.residual.data.folder.FolderOptions;
import io.residual.data.folder.ImageFolder;
import io.residual.data.folder.PictureFinder;
import io.residual.data.idx.IdxFolder;
import io.residual.data.idx.IdxSource;
import io.residual.training.config.DataChoice;
import io.residual.training.config.DataChoice.PictureFolder;
import io.residual.training.config.DataSpec;
import io.residual.training.config.DataSpec.FolderSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        DataSource place = find(spec.source(), spec.folderOptions(List.of()));
        return spec.labelDecisions()
                .file()
                .<DataSource>map(file -> reviewed(place, file))
                .orElse(place);
    }

    private static DataSource reviewed(DataSource place, Path file) {
        LabelDecisions decisions = LabelDecisions.read(file);
        return new ReviewedSource(
                place,
                decisions,
                images -> decisions.requireMadeOn(
                        images,
                        Split.TRAIN,
                        Map.entry(file.toString(), place.origin().place())));
    }

    /**
     * Finds images for a network that was trained before: as it was trained to see them, in the parts that the run made of
     * them, with its classes in its order.
     *
     * @param choice another place of the run's images, or with other test images; empty for the run's own
     * @throws ResidualException of kind BAD_DATA that says where they were looked for, or what does not fit
     */
    public static DataSource find(RunDirectory run, Optional<DataChoice> choice) {
        return find(run, choice, run);
    }

    /**
     * Finds the images of a run as the network of another run was trained to see them.
     *
     * @param seenBy decides their size, how they are resized, and their channels
     */
    public static DataSource find(RunDirectory run, Optional<DataChoice> choice, RunDirectory seenBy) {
        DataSpec spec = run.spec().data();
        return new RunSource(
                run,
                reviewed(
                        run,
                        seenBy(
                                seenBy,
                                choice.orElse(spec.source()),
                                spec.folder(),
                                run.manifest().data().classes())));
    }

    /**
     * The images to resume a run with: with its channels, its classes in its order, and the decisions that it copied.
     *
     * @param spec whose place of the images may be another than the run's
     * @throws ResidualException of kind BAD_DATA that says where they were looked for
     */
    public static DataSource toResume(RunDirectory run, DataSpec spec) {
        return reviewed(
                run,
                seenBy(run, spec.source(), spec.folder(), run.manifest().data().classes()));
    }

    /** With the labels that a run was trained on; images that are gone or others are found out by comparing them. */
    private static DataSource reviewed(RunDirectory run, DataSource place) {
        return run.decisions()
                .<DataSource>map(decisions -> new ReviewedSource(place, decisions, images -> {}))
                .orElse(place);
    }

    /**
     * Finds images as the network of a run was trained to see them, in the parts that the place says.
     *
     * @param folder how files are read that cannot be, or are large
     * @param classes in the order of the labels
     */
    public static DataSource seenBy(RunDirectory run, DataChoice choice, FolderSpec folder, List<String> classes) {
        FolderOptions options = new FolderOptions(
                run.spec().data().input(),
                Colour.ofChannels(run.manifest().data().channels()),
                folder.onCorruptImage(),
                folder.limits(),
                classes);
        return find(choice, options);
    }

    /** How many images of a set a run learned from, as far as is known: by the content of their files. */
    public static long learnedFrom(RunDirectory run, ImageSet images) {
        return ImageList.of(run).map(list -> list.learnedFrom(images)).orElse(0L);
    }

    private static DataSource find(DataChoice choice, FolderOptions options) {
        return find(choice, options, DataPlaces.ofThisProcess());
    }

    static DataSource find(DataChoice choice, FolderOptions options, DataPlaces places) {
        if (choice instanceof PictureFolder folder) {
            Path path = Path.of(folder.path());
            return hasFolders(path) || !hasIdxFiles(path) ? ImageFolder.open(path, options) : IdxSource.open(path);
        }
        if (choice instanceof DataChoice.Directory directory) {
            Path path = Path.of(directory.path());
            return hasFolders(path) && !hasIdxFiles(path) ? ImageFolder.open(path, options) : IdxSource.open(path);
        }
        return choice == DataChoice.Named.SAMPLE
                ? IdxSource.sample()
                : new FashionMnistSearch(places, DownloadProgress.on(System.err)).run();
    }

    private static boolean hasIdxFiles(Path folder) {
        return Files.isDirectory(folder) && !IdxFolder.in(folder).isEmpty();
    }

    private static boolean hasFolders(Path folder) {
        return Files.isDirectory(folder) && new PictureFinder(folder).hasFolders(folder);
    }
}
