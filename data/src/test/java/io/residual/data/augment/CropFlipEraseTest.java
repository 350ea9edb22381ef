package io.residual.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ImageShape;
import io.residual.core.SplitMix64;
import io.residual.data.augment.CropFlipErase.Draw;
import io.residual.data.augment.RandomCrop.Padding;
import io.residual.data.augment.RandomErasing.Fill;
import java.util.List;
import org.junit.jupiter.api.Test;

class CropFlipEraseTest {
    private static final ImageShape SHAPE = new ImageShape(2, 9, 11);
    private static final RandomCrop CROP = new RandomCrop(3, Padding.REFLECT);
    private static final HorizontalFlip FLIP = new HorizontalFlip(0.5);
    private static final RandomErasing ERASING = new RandomErasing(0.7, Fill.RANDOM);

    private static Planes image() {
        Planes planes = new Planes(SHAPE.channels(), SHAPE.height(), SHAPE.width());
        for (int i = 0; i < planes.values().length; i++) {
            planes.values()[i] = (byte) (i + 1);
        }
        return planes;
    }

    @Test
    void changes_by_what_was_drawn_are_the_augmenters() {
        for (List<Augmentation> steps : List.<List<Augmentation>>of(
                List.of(),
                List.of(CROP),
                List.of(FLIP),
                List.of(CROP, FLIP, ERASING),
                List.of(CROP, ERASING),
                List.of(FLIP, ERASING))) {
            Augmenter augmenter = new Augmenter(steps, 8);
            CropFlipErase changes = CropFlipErase.of(augmenter).orElseThrow();
            for (int position = 0; position < 50; position++) {
                Planes expected = image();
                augmenter.apply(expected, 3, position, 1);

                Planes actual = image();
                Draw draw = changes.draw(SHAPE, 3, position, 1);
                CROP.cut(actual, draw.down(), draw.right());
                if (draw.flipped()) {
                    HorizontalFlip.flip(actual);
                }
                draw.box().ifPresent(box -> ERASING.erase(actual, box, new SplitMix64(draw.fill())));

                assertThat(actual.values()).isEqualTo(expected.values());
            }
        }
    }

    @Test
    void other_changes_and_other_orders_are_none_of_these() {
        for (List<Augmentation> steps : List.<List<Augmentation>>of(
                List.of(new RandomAffine(10, 0)),
                List.of(CROP, FLIP, new RandAugment(2, 9), ERASING),
                List.of(FLIP, CROP),
                List.of(CROP, CROP))) {
            assertThat(CropFlipErase.of(new Augmenter(steps, 8))).isEmpty();
        }
    }

    @Test
    void a_border_that_cannot_be_mirrored_is_refused() {
        CropFlipErase wide = CropFlipErase.of(new Augmenter(List.of(new RandomCrop(9, Padding.REFLECT)), 8))
                .orElseThrow();

        assertThatThrownBy(() -> wide.draw(SHAPE, 0, 0, 0))
                .hasMessage("a reflected border of 9 pixels needs a larger image than 9 x 11");
    }
}
