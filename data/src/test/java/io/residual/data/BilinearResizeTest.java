package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.safetensors.SafetensorsFile;
import io.residual.data.idx.IdxFile;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against torchvision 0.14.1 and Pillow 9.4.0, to the last bit; the generators lie beside the data. */
class BilinearResizeTest {
    @ParameterizedTest
    @CsvSource({"96, 96", "224, 224", "20, 20", "40, 61", "17, 50", "28, 35"})
    void clothes_are_resized_as_torchvision_does(int height, int width) throws Exception {
        SafetensorsFile golden = SafetensorsFile.read(
                Path.of(Objects.requireNonNull(BilinearResizeTest.class.getResource("resize/resize.safetensors"))
                        .toURI()));
        byte[] source = new byte[6 * 28 * 28];
        golden.tensor("input").ofShape(6, 28, 28).bytes().get(source);
        byte[] expected = new byte[6 * height * width];
        golden.tensor("output/" + height + "x" + width)
                .ofShape(6, height, width)
                .bytes()
                .get(expected);

        assertThat(resized(source, 28, 28, height, width)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"31, 20", "5, 4", "13, 9", "13, 40", "3, 40", "1, 1"})
    void noise_that_is_not_square_is_resized_as_torchvision_does(int height, int width) throws Exception {
        byte[] source = read("noise", 13, 9);
        byte[] expected = read("noise-" + height + "x" + width, height, width);

        assertThat(resized(source, 13, 9, height, width)).isEqualTo(expected);
    }

    private static byte[] resized(byte[] source, int sourceHeight, int sourceWidth, int height, int width) {
        var resize = new BilinearResize(
                sourceHeight, sourceWidth, BilinearResize.Part.all(height), BilinearResize.Part.all(width));
        int images = source.length / (sourceHeight * sourceWidth);
        byte[] target = new byte[images * height * width];
        for (int i = 0; i < images; i++) {
            int image = i * sourceHeight * sourceWidth;
            resize.resize(
                    (y, row) -> System.arraycopy(source, image + y * sourceWidth, row, 0, sourceWidth),
                    target,
                    i * height * width);
        }
        return target;
    }

    private static byte[] read(String name, int height, int width) throws Exception {
        try (InputStream stream = Objects.requireNonNull(
                BilinearResizeTest.class.getResourceAsStream("resize/" + name + ".idx.gz"), name)) {
            IdxFile images = IdxFile.readImages(name, stream);
            assertThat(images.rows()).isEqualTo(height);
            assertThat(images.columns()).isEqualTo(width);
            byte[] pixels = new byte[images.count() * height * width];
            images.copy(0, pixels, 0, pixels.length);
            return pixels;
        }
    }
}
