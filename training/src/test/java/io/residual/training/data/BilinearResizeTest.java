package io.residual.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against torchvision 0.14.1 and Pillow 9.4.0; {@code generate_torchvision_idx.py} lies beside the data. */
class BilinearResizeTest {
    @ParameterizedTest
    @CsvSource({
        "fashion, 96, 96",
        "fashion, 224, 224",
        "fashion, 14, 14",
        "fashion, 9, 61",
        "noise, 31, 20",
        "noise, 5, 4",
        "noise, 13, 9",
        "noise, 13, 40",
        "noise, 3, 40",
        "noise, 1, 1"
    })
    void every_pixel_is_that_of_torchvision(String name, int height, int width) throws IOException {
        IdxFile source = read(name);
        IdxFile expected = read(name + "-" + height + "x" + width);
        float[] levels = new float[256];
        for (int v = 0; v < 256; v++) {
            levels[v] = v;
        }
        var resize = new BilinearResize(source.rows(), source.columns(), height, width);
        int length = source.rows() * source.columns();
        byte[] pixels = new byte[source.count() * length];
        source.copy(0, pixels, 0, pixels.length);
        float[] resized = new float[source.count() * height * width];

        for (int i = 0; i < source.count(); i++) {
            resize.resize(pixels, i * length, levels, resized, i * height * width);
        }

        float[] golden = new float[resized.length];
        for (int p = 0; p < golden.length; p++) {
            golden[p] = expected.value(p);
        }
        assertThat(resized).isEqualTo(golden);
    }

    private static IdxFile read(String name) throws IOException {
        try (InputStream stream = Objects.requireNonNull(
                BilinearResizeTest.class.getResourceAsStream("resize/" + name + ".idx.gz"), name)) {
            return IdxFile.readImages(name, stream);
        }
    }
}
