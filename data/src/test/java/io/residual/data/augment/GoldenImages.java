package io.residual.data.augment;

import io.residual.core.safetensors.SafetensorsException;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.safetensors.SafetensorsTensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Images of torchvision 0.14.1 and Pillow 9.4.0; the generator lies beside the data. */
final class GoldenImages {
    private final SafetensorsFile file;

    private GoldenImages(SafetensorsFile file) {
        this.file = file;
    }

    static GoldenImages read() throws IOException, URISyntaxException {
        return new GoldenImages(SafetensorsFile.read(
                Path.of(Objects.requireNonNull(GoldenImages.class.getResource("augment.safetensors"))
                        .toURI())));
    }

    /** Names after a prefix, such as those of all crops. */
    List<String> names(String prefix) {
        return file.names().stream()
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .toList();
    }

    Planes image(String name) throws SafetensorsException {
        SafetensorsTensor tensor = file.tensor(name);
        List<Long> shape = tensor.shape();
        Planes planes = new Planes(
                shape.get(0).intValue(), shape.get(1).intValue(), shape.get(2).intValue());
        tensor.bytes().get(planes.values());
        return planes;
    }

    byte[] bytes(String name) throws SafetensorsException {
        return image(name).values();
    }
}
