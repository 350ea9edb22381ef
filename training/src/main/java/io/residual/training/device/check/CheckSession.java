package io.residual.training.device.check;

import io.residual.cuda.device.Device;
import io.residual.data.ImageSet;
import io.residual.data.idx.IdxFile;
import io.residual.training.config.TrainingSpec;
import io.residual.training.device.DeviceEpochs;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the parts of the check work with. */
final class CheckSession {
    private static final List<String> CLASSES =
            List.of("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Boot");

    private final Device device;
    private final Folders folders;
    private final Results results;
    private @Nullable ImageSet training;
    private @Nullable ImageSet test;

    /**
     * Where files are.
     *
     * @param home of the check: folders data (Fashion-MNIST) and fixtures (PyTorch's numbers), and pytorch.py
     * @param out of results and the cache
     * @param python a Python with PyTorch, or empty
     */
    record Folders(Path home, Path out, String python) {
        Path fixtures() {
            return home.resolve("fixtures");
        }

        Path data() {
            return home.resolve("data");
        }

        Path cache() {
            return out.resolve("cache");
        }
    }

    CheckSession(Device device, Folders folders, Results results) {
        this.device = device;
        this.folders = folders;
        this.results = results;
    }

    Device device() {
        return device;
    }

    Folders folders() {
        return folders;
    }

    Results results() {
        return results;
    }

    ImageSet training() {
        if (training == null) {
            training = images("train");
        }
        return training;
    }

    ImageSet test() {
        if (test == null) {
            test = images("t10k");
        }
        return test;
    }

    private ImageSet images(String split) {
        Path data = folders.data();
        return IdxFile.readImages(data.resolve(split + "-images-idx3-ubyte.gz"))
                .withLabels(IdxFile.readLabels(data.resolve(split + "-labels-idx1-ubyte.gz"), CLASSES.size()), CLASSES);
    }

    /** A training of a case, with the parameters of its seed. */
    DeviceEpochs epochs(CheckCase each, TrainingSpec spec) {
        DeviceEpochs epochs = new DeviceEpochs(device, each.program(), spec, training());
        epochs.training().setParameters(each.initialParameters(spec.seed()));
        return epochs;
    }
}
