package io.residual.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShapeTableTest {
    @Test
    void a_224_pixel_image_walks_through_the_book_s_resnet_18_as_in_the_notes() {
        ShapeTable table = ShapeTable.of(ResNetSpec.resNet(18, Flavour.BOOK));

        assertThat(table.rows())
                .extracting(row -> row.piece() + " " + row.shape())
                .containsExactly(
                        "stem [1, 64, 56, 56]",
                        "stage1 [1, 64, 56, 56]",
                        "stage2 [1, 128, 28, 28]",
                        "stage3 [1, 256, 14, 14]",
                        "stage4 [1, 512, 7, 7]",
                        "pool [1, 512, 1, 1]",
                        "flatten [1, 512]",
                        "fc [1, 10]");
    }

    @Test
    void a_block_without_and_with_projection_gives_the_notes_shapes() {
        ImageShape input = new ImageShape(3, 6, 6);

        assertThat(new BasicBlock(3, 3, 1).outputShape(input)).isEqualTo(new ImageShape(3, 6, 6));
        assertThat(new BasicBlock(3, 6, 2).outputShape(input)).isEqualTo(new ImageShape(6, 3, 3));
    }

    /** Counts of torchvision 0.14: sum(p.numel() for p in resnet18().parameters()), and resnet34(). */
    @Test
    void parameter_counts_equal_torchvision_s() {
        assertThat(imageNet(18).parameters()).isEqualTo(11_689_512);
        assertThat(imageNet(34).parameters()).isEqualTo(21_797_672);
    }

    @Test
    void height_and_width_are_not_swapped() {
        ShapeTable table =
                ShapeTable.of(ResNetSpec.resNet(18, Flavour.TORCHVISION).withInput(new ImageShape(1, 64, 96)));

        assertThat(table.rows().get(1).shape()).isEqualTo(List.of(1, 64, 16, 24));
    }

    /** Counts of PyTorch 1.13 for the network of parity/generate.py at width 64. */
    @Test
    void it_prints_like_the_notes_walk() {
        String text = ShapeTable.of(ResNetSpec.resNet(18, Flavour.BOOK)).toString();

        assertThat(text.lines())
                .startsWith("piece     output shape            parameters")
                .contains("stage2    [1, 128, 28, 28]           525,952")
                .endsWith("total                             11,178,378");
    }

    @Test
    void images_that_are_too_small_are_refused() {
        Stem unpadded = new Stem(List.of(new Stem.Layer(8, new Window(7, 2, 0))), Optional.of(new Window(3, 2, 1)));

        assertThatThrownBy(() -> unpadded.outputShape(new ImageShape(1, 6, 9)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a window of 7 pixels with padding 0 does not fit into an image of shape [1, 6, 9]:"
                        + " use larger images");
    }

    private static ResNetSpec imageNet(int depth) {
        return ResNetSpec.resNet(depth, Flavour.TORCHVISION)
                .withInput(new ImageShape(3, 224, 224))
                .withClasses(1000);
    }
}
