package io.residual.training.data;

import io.residual.training.data.FashionMnist.DataFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which of the four files a folder has, compressed (looked for first) or not, and which it lacks. */
record IdxFolder(Path folder, Map<DataFile, URI> files, List<DataFile> missing) {
    IdxFolder {
        files = Map.copyOf(files);
        missing = List.copyOf(missing);
    }

    static IdxFolder of(Path folder) {
        Map<DataFile, URI> files = new EnumMap<>(DataFile.class);
        List<DataFile> missing = new ArrayList<>();
        for (DataFile file : DataFile.values()) {
            Path compressed = folder.resolve(file.gzipName());
            Path plain = folder.resolve(file.plainName());
            if (Files.isRegularFile(compressed)) {
                files.put(file, compressed.toUri());
            } else if (Files.isRegularFile(plain)) {
                files.put(file, plain.toUri());
            } else {
                missing.add(file);
            }
        }
        return new IdxFolder(folder, files, missing);
    }

    /** As in "train-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz missing". */
    String describeMissing() {
        if (!Files.isDirectory(folder)) {
            return "no such folder";
        }
        return String.join(", ", missing.stream().map(DataFile::gzipName).toList()) + " missing";
    }
}
