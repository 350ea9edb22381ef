package io.residual.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResNetSpecTest {
    private final ResNetSpec book = ResNetSpec.resNet(18, Flavour.BOOK);

    @Test
    void an_unknown_depth_is_refused_with_the_known_ones() {
        assertThatThrownBy(() -> ResNetSpec.resNet(19, Flavour.BOOK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("depth must be one of [18, 34, 50, 101, 152], got 19");
    }

    @Test
    void width_scales_stem_and_stages_together() {
        ResNetSpec narrow = book.withWidth(8);

        assertThat(narrow.stem().channels()).isEqualTo(8);
        assertThat(narrow.stages()).extracting(Stage::channels).containsExactly(8, 16, 32, 64);
        assertThat(narrow.withWidth(64)).isEqualTo(book);
    }

    @Test
    void only_the_first_block_of_a_later_stage_changes_shape() {
        assertThat(book.blocks(0)).extracting(Block::changesShape).containsExactly(false, false);
        assertThat(book.blocks(2)).containsExactly(new BasicBlock(128, 256, 2), new BasicBlock(256, 256, 1));
    }

    @Test
    void the_plain_twin_differs_by_its_projections_only() {
        long projections = 64 * 128 + 128 + 128 * 256 + 256 + 256 * 512 + 512;

        assertThat(book.plainTwin().shortcuts()).isEqualTo(Shortcuts.NONE);
        assertThat(book.parameters() - book.plainTwin().parameters()).isEqualTo(projections);
    }

    @Test
    void invalid_parts_cannot_be_built() {
        assertThatThrownBy(() -> book.withClasses(1)).hasMessage("a classifier needs at least 2 classes, got 1");
        assertThatThrownBy(() -> new ResNetSpec(
                        book.input(),
                        book.stem(),
                        List.of(),
                        book.flavour(),
                        book.shortcuts(),
                        book.stochasticDepth(),
                        book.classes()))
                .hasMessage("a network needs at least one stage");
        assertThatThrownBy(() -> new ImageShape(1, 0, 28))
                .hasMessage("image shape must be at least [1, 1, 1], got [1, 0, 28]");
        assertThatThrownBy(() -> new Window(3, 1, 3))
                .hasMessage("padding must be in [0, kernel), got padding 3 for kernel 3");
        assertThatThrownBy(() -> new Stage(BlockKind.BASIC, 0, 64, 1))
                .hasMessageContaining("0 blocks, 64 channels, stride 1");
        assertThatThrownBy(() -> book.withWidth(0)).hasMessageContaining("cannot become width 0");
    }

    @Test
    void the_stages_of_a_spec_cannot_be_changed_from_outside() {
        List<Stage> stages = new java.util.ArrayList<>(book.stages());
        ResNetSpec spec = new ResNetSpec(
                book.input(),
                book.stem(),
                stages,
                book.flavour(),
                book.shortcuts(),
                book.stochasticDepth(),
                book.classes());
        stages.clear();

        assertThat(spec.stages()).hasSize(4);
    }
}
