package io.residual.benchmark.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.residual.benchmark.network.Network.Role;
import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private static final ResNetSpec IMAGE_NET = ResNetSpec.resNet(18, Flavour.BOOK)
            .withInput(new ImageShape(3, 224, 224))
            .withClasses(1000);

    /**
     * Published as 1.8e9 (He et al. 2015, table 1) and 1.81 GFLOPS (torchvision's ResNet18_Weights). By hand, output pixels x
     * channels x channels in x window:
     *
     * <pre>
     * stem      112 x 112 x  64 x   3 x 49                     = 118,013,952
     * stage 1   4 x (56 x 56 x  64 x  64 x 9)                  = 462,422,016
     * stage 2   28 x 28 x 128 x  64 x 9 + 3 x (28 x 28 x 128 x 128 x 9) + 28 x 28 x 128 x  64 = 411,041,792
     * stage 3   14 x 14 x 256 x 128 x 9 + 3 x (14 x 14 x 256 x 256 x 9) + 14 x 14 x 256 x 128 = 411,041,792
     * stage 4    7 x  7 x 512 x 256 x 9 + 3 x ( 7 x  7 x 512 x 512 x 9) +  7 x  7 x 512 x 256 = 411,041,792
     * dense     512 x 1000                                     =     512,000
     * </pre>
     */
    @Test
    void resnet18_needs_the_published_multiply_adds() {
        assertThat(Network.of(IMAGE_NET).forwardMultiplyAdds()).isEqualTo(1_814_073_344L);
    }

    @Test
    void training_needs_three_times_as_many_but_no_gradient_of_the_image() {
        assertThat(Network.of(IMAGE_NET).trainingMultiplyAdds()).isEqualTo(3 * 1_814_073_344L - 118_013_952);
    }

    /** 28 px: stem 14 x 14 x 64 x 49, then maps of 7, 4, 2 and 1 pixels. */
    @Test
    void small_images_round_the_maps_up() {
        ResNetSpec spec = ResNetSpec.resNet(18, Flavour.BOOK).withInput(new ImageShape(1, 28, 28));
        long stem = 14 * 14 * 64 * 49;
        long stage1 = 4L * 49 * 64 * 64 * 9;
        long stage2 = 16L * (128 * 64 * 9 + 3 * 128 * 128 * 9 + 128 * 64);
        long stage3 = 4L * (256 * 128 * 9 + 3 * 256 * 256 * 9 + 256 * 128);
        long stage4 = 512L * 256 * 9 + 3 * 512 * 512 * 9 + 512 * 256;
        assertThat(Network.of(spec).forwardMultiplyAdds()).isEqualTo(stem + stage1 + stage2 + stage3 + stage4 + 5120);
    }

    @Test
    void the_trained_tensors_are_as_many_numbers_as_the_spec_has_parameters() {
        assertTrained(ResNetSpec.resNet(34, Flavour.BOOK).withWidth(24).withClasses(7));
        assertTrained(ResNetSpec.cifar(20, Flavour.CIFAR));
    }

    private static void assertTrained(ResNetSpec spec) {
        long trained = Network.of(spec).tensors().stream()
                .filter(t ->
                        !EnumSet.of(Role.RUNNING_MEAN, Role.RUNNING_VARIANCE).contains(t.role()))
                .mapToLong(Network.Tensor::length)
                .sum();
        assertThat(trained).isEqualTo(spec.parameters());
    }

    @Test
    void other_flavours_are_refused_since_the_peers_do_not_have_them() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Network.of(ResNetSpec.resNet(18, Flavour.TORCHVISION)))
                .withMessageStartingWith(
                        "the peers' networks are residual networks of the book's flavour, or of the one for CIFAR, got"
                                + " Flavour[");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Network.of(ResNetSpec.resNet(18, Flavour.BOOK).plainTwin()))
                .withMessageEndingWith("with shortcuts NONE");
    }
}
