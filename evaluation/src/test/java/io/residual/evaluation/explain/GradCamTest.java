package io.residual.evaluation.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Against PyTorch's autograd, by generate_gradcam.py beside the files. */
class GradCamTest {
    private static final ResNetSpec SPEC = ResNetSpec.resNet(18, Flavour.BOOK)
            .withWidth(2)
            .withInput(new ImageShape(1, 96, 128))
            .withClasses(7);

    private static Path file(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(GradCamTest.class.getResource(name), name)
                .toURI());
    }

    private static INDArray golden(String name) throws Exception {
        return SafetensorsFile.read(file("gradcam.safetensors")).tensor(name).toArray();
    }

    private static GradCam gradCam(KernelChoice kernels) throws Exception {
        Network network = Network.initial(SPEC, 1, kernels.resolve());
        network.read(file("gradcam-weights.safetensors"));
        return GradCam.of(List.of(network));
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelChoice.class,
            names = {"AUTO", "STOCK"})
    void maps_are_those_of_pytorch_s_autograd_for_every_image_and_class(KernelChoice kernels) throws Exception {
        INDArray images = golden("input");
        INDArray expected = golden("heat");
        GradCam gradCam = gradCam(kernels);
        for (int ofClass = 0; ofClass < 7; ofClass++) {
            List<HeatGrid> grids = gradCam.of(images, ofClass, ofClass, ofClass);
            for (int image = 0; image < 3; image++) {
                HeatGrid grid = grids.get(image);
                assertThat(List.of(grid.rows(), grid.columns())).containsExactly(3, 4);
                for (int row = 0; row < 3; row++) {
                    for (int column = 0; column < 4; column++) {
                        // Single precision through 18 layers, as in the parity tests of core.
                        assertThat((double) grid.at(row, column))
                                .isCloseTo(
                                        expected.getDouble(image, ofClass, row, column),
                                        within(2e-5 * expected.amaxNumber().doubleValue()));
                    }
                }
            }
        }
    }

    @Test
    void as_many_classes_as_images_are_asked_for() throws Exception {
        INDArray images = golden("input");
        GradCam gradCam = gradCam(KernelChoice.STOCK);
        assertThatThrownBy(() -> gradCam.of(images, 1, 2)).hasMessage("2 classes do not match 3 images");
    }
}
