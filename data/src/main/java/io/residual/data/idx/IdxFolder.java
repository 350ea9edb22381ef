package io.residual.data.idx;

import io.residual.data.idx.FashionMnist.DataFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Which of the four files a folder has, compressed (looked for first) or not, and the names of those that it lacks. */
public record IdxFolder(Path folder, Map<DataFile, URI> files, List<String> missing) {
    public IdxFolder {
        files = Map.copyOf(files);
        missing = List.copyOf(missing);
    }

    /** The files that are called as MNIST's. */
    public static IdxFolder of(Path folder) {
        return of(folder, DataFile::plainName);
    }

    public static IdxFolder of(Path folder, Emnist set) {
        return of(folder, set::plainName);
    }

    private static IdxFolder of(Path folder, Function<DataFile, String> name) {
        Map<DataFile, URI> files = new EnumMap<>(DataFile.class);
        List<String> missing = new ArrayList<>();
        for (DataFile file : DataFile.values()) {
            Path plain = folder.resolve(name.apply(file));
            Path compressed = folder.resolve(name.apply(file) + ".gz");
            if (Files.isRegularFile(compressed)) {
                files.put(file, compressed.toUri());
            } else if (Files.isRegularFile(plain)) {
                files.put(file, plain.toUri());
            } else {
                missing.add(name.apply(file) + ".gz");
            }
        }
        return new IdxFolder(folder, files, missing);
    }

    public boolean isWhole() {
        return missing.isEmpty();
    }

    /** As in "train-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz missing". */
    public String describeMissing() {
        if (!Files.isDirectory(folder)) {
            return "no such folder";
        }
        return String.join(", ", missing) + " missing";
    }
}
