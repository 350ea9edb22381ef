package io.residual.training.data;

import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.data.FashionMnist.DataFile;
import io.residual.training.data.download.DownloadFailed;
import io.residual.training.data.download.DownloadProgress;
import io.residual.training.data.download.FolderLock;
import io.residual.training.data.download.MirrorDownload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks for Fashion-MNIST in one place after the other, and remembers why it was not there. */
final class FashionMnistSearch {
    private final DataPlaces places;
    private final DownloadProgress progress;
    private final List<String> tried = new ArrayList<>();

    FashionMnistSearch(DataPlaces places, DownloadProgress progress) {
        this.places = places;
        this.progress = progress;
    }

    DataSource run() {
        return in(Origin.Kind.CACHE, places.cache())
                .or(() -> in(Origin.Kind.INSTALLED, places.installed()))
                .or(this::download)
                .orElseThrow(() -> new CommandException(
                        ExitStatus.DATA,
                        "Fashion-MNIST was not found. Tried " + String.join("; ", tried)
                                + ". Install it with 'apt-get install dataset-fashion-mnist',"
                                + " or name a folder with --data DIR, or try the built-in sample with --data sample."));
    }

    private Optional<DataSource> in(Origin.Kind kind, Path folder) {
        IdxFolder found = IdxFolder.of(folder);
        var origin = new Origin(kind, folder.toString());
        if (!found.isWhole()) {
            tried.add(origin.describe() + ": " + found.describeMissing());
            return Optional.empty();
        }
        return Optional.of(IdxSource.ofFashionMnist(origin, found.files()));
    }

    private Optional<DataSource> download() {
        try {
            Files.createDirectories(places.cache());
            try (FolderLock lock = FolderLock.acquire(places.cache())) {
                fetchMissing(lock);
            }
            return in(Origin.Kind.DOWNLOAD, places.cache());
        } catch (DownloadFailed e) {
            tried.add(e.getMessage());
        } catch (IOException e) {
            tried.add("a download to " + places.cache() + ": cannot be written (" + e + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            tried.add("a download: interrupted");
        }
        return Optional.empty();
    }

    /** What is missing now that the lock is held: another process may have fetched all of it meanwhile. */
    private void fetchMissing(FolderLock lock) throws DownloadFailed, IOException, InterruptedException {
        var mirrors = new MirrorDownload(places.mirrors(), places.limits(), progress);
        IdxFolder present = IdxFolder.of(lock.folder());
        for (DataFile file : DataFile.values()) {
            if (!present.files().containsKey(file)) {
                mirrors.fetch(file.gzipName(), lock, path -> contentFault(file, path));
            }
        }
    }

    private static String contentFault(DataFile file, Path path) {
        try {
            IdxFile read = switch (file) {
                case TRAINING_IMAGES, TEST_IMAGES -> IdxFile.readImages(path);
                case TRAINING_LABELS, TEST_LABELS -> IdxFile.readLabels(path, FashionMnist.CLASS_NAMES.size());
            };
            return read.sha256().equals(file.sha256())
                    ? ""
                    : "the content is not Fashion-MNIST's (SHA-256 " + read.sha256() + ", expected " + file.sha256()
                            + ")";
        } catch (CommandException e) {
            return "the content is broken (" + e.getMessage() + ")";
        }
    }
}
