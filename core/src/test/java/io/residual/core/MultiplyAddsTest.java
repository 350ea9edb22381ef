package io.residual.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MultiplyAddsTest {
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
        assertThat(MultiplyAdds.of(IMAGE_NET).forward()).isEqualTo(1_814_073_344L);
    }

    @Test
    void training_needs_three_times_as_many_but_no_gradient_of_the_image() {
        assertThat(MultiplyAdds.of(IMAGE_NET).training()).isEqualTo(3 * 1_814_073_344L - 118_013_952);
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
        assertThat(MultiplyAdds.of(spec).forward()).isEqualTo(stem + stage1 + stage2 + stage3 + stage4 + 5120);
    }

    /** He et al. 2015, table 6, by hand: 7.08e6 of stage 1, 5.90e6 and 5.90e6 of the others; no shortcut has weights. */
    @Test
    void shortcuts_without_weights_cost_nothing() {
        ResNetSpec spec = ResNetSpec.cifar(20, Flavour.CIFAR).withInput(new ImageShape(3, 32, 32));
        long stem = 32L * 32 * 16 * 3 * 9;
        long stage1 = 6L * 32 * 32 * 16 * 16 * 9;
        long stage2 = 16L * 16 * (32 * 16 * 9 + 5 * 32 * 32 * 9);
        long stage3 = 8L * 8 * (64 * 32 * 9 + 5 * 64 * 64 * 9);
        assertThat(MultiplyAdds.of(spec)).isEqualTo(training(stem + stage1 + stage2 + stage3 + 640, stem));
        assertThat(MultiplyAdds.of(spec.plainTwin())).isEqualTo(MultiplyAdds.of(spec));
    }

    @Test
    void a_plain_twin_has_no_projections() {
        long projections = 28L * 28 * 128 * 64 + 14L * 14 * 256 * 128 + 7L * 7 * 512 * 256;
        assertThat(MultiplyAdds.of(IMAGE_NET.plainTwin()).forward())
                .isEqualTo(MultiplyAdds.of(IMAGE_NET).forward() - projections);
    }

    private static MultiplyAdds training(long forward, long stem) {
        return new MultiplyAdds(forward, 3 * forward - stem);
    }
}
