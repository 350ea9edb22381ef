package io.residual.data.download;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.FileLock;
import io.residual.core.files.IoErrors;
import io.residual.data.DataSource;
import io.residual.data.Origin;
import io.residual.data.idx.FashionMnist;
import io.residual.data.idx.FashionMnist.DataFile;
import io.residual.data.idx.IdxFile;
import io.residual.data.idx.IdxFolder;
import io.residual.data.idx.IdxSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks for Fashion-MNIST in one place after the other, and remembers why it was not there. */
public final class FashionMnistSearch {
    private final DataPlaces places;
    private final DownloadProgress progress;
    private final List<String> tried = new ArrayList<>();

    public FashionMnistSearch(DataPlaces places, DownloadProgress progress) {
        this.places = places;
        this.progress = progress;
    }

    public DataSource run() {
        return in(Origin.Kind.CACHE, places.cache())
                .or(() -> in(Origin.Kind.INSTALLED, places.installed()))
                .or(this::download)
                .orElseThrow(() -> new ResidualException(
                        Kind.BAD_DATA,
                        "Fashion-MNIST was not found. Tried " + String.join("; ", tried)
                                + ". Install it with 'apt-get install dataset-fashion-mnist', or name a folder"
                                + " that has its four files, or try the built-in sample (data set"
                                + " 'sample')."));
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
            try (FileLock lock = FileLock.acquire(places.cache())) {
                fetchMissing(lock);
            }
            return in(Origin.Kind.DOWNLOAD, places.cache());
        } catch (DownloadFailed e) {
            tried.add(e.getMessage());
        } catch (IOException e) {
            tried.add("a download to " + places.cache() + ": cannot be written (" + IoErrors.reason(e) + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            tried.add("a download: interrupted");
        }
        return Optional.empty();
    }

    /** What is missing now that the lock is held: another process may have fetched all of it meanwhile. */
    private void fetchMissing(FileLock lock) throws DownloadFailed, IOException {
        var mirrors = new MirrorDownload(places.mirrors(), places.limits(), progress);
        IdxFolder present = IdxFolder.of(lock.directory());
        for (DataFile file : DataFile.values()) {
            if (!present.files().containsKey(file)) {
                mirrors.fetch(file.gzipName(), lock, path -> contentError(file, path));
            }
        }
    }

    private static String contentError(DataFile file, Path path) {
        try {
            IdxFile read = switch (file) {
                case TRAINING_IMAGES, TEST_IMAGES -> IdxFile.readImages(path);
                case TRAINING_LABELS, TEST_LABELS -> IdxFile.readLabels(path, FashionMnist.CLASS_NAMES.size());
            };
            return read.sha256().equals(file.sha256())
                    ? ""
                    : "the content is not Fashion-MNIST's (SHA-256 " + read.sha256() + ", expected " + file.sha256()
                            + ")";
        } catch (ResidualException e) {
            return "the content is broken (" + e.getMessage() + ")";
        }
    }
}
