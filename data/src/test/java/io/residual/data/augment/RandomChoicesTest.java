package io.residual.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.SplitMix64;
import io.residual.data.augment.RandomCrop.Padding;
import io.residual.data.augment.RandomErasing.Box;
import io.residual.data.augment.RandomErasing.Fill;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How often the random choices come out, over images of one fixed seed. */
class RandomChoicesTest {
    private static final int IMAGES = 20_000;

    /** A grey image in which every pixel is another level, and none is black. */
    private static Planes distinct(int height, int width) {
        Planes planes = new Planes(1, height, width);
        for (int i = 0; i < height * width; i++) {
            planes.values()[i] = (byte) (i + 1);
        }
        return planes;
    }

    private static Planes augmented(Augmentation step, int position) {
        Planes planes = distinct(12, 14);
        new Augmenter(List.of(step), 3).apply(planes, 5, position, 0);
        return planes;
    }

    @Test
    void every_place_of_a_crop_is_equally_frequent() {
        int[] counts = new int[81];
        for (int i = 0; i < IMAGES; i++) {
            int middle = (augmented(new RandomCrop(4, Padding.ZERO), i).values()[6 * 14 + 7] & 0xff) - 1;
            counts[(middle / 14 - 2) * 9 + middle % 14 - 3]++;
        }

        // Pearson's statistic for 80 degrees of freedom stays below 125 in 99.9 % of samples.
        assertThat(chiSquare(counts)).isLessThan(125);
    }

    @Test
    void half_of_the_images_are_flipped() {
        long flipped = countWhere(new HorizontalFlip(0.5), planes -> planes.values()[0] == 14);

        // 4 standard deviations of a binomial share
        assertThat((double) flipped / IMAGES).isCloseTo(0.5, within(0.0142));
    }

    @Test
    void images_are_erased_with_the_given_probability() {
        long erased = countWhere(new RandomErasing(0.25, Fill.ZERO), planes -> {
            for (byte value : planes.values()) {
                if (value == 0) {
                    return true;
                }
            }
            return false;
        });

        assertThat((double) erased / IMAGES).isCloseTo(0.25, within(0.0123));
    }

    private interface Look {
        boolean at(Planes planes);
    }

    private static long countWhere(Augmentation step, Look look) {
        long count = 0;
        for (int i = 0; i < IMAGES; i++) {
            count += look.at(augmented(step, i)) ? 1 : 0;
        }
        return count;
    }

    @Test
    void erased_boxes_have_the_area_and_the_shape_that_torchvision_draws() {
        SplitMix64 random = new SplitMix64(9);
        double area = 0;
        double logRatio = 0;
        int found = 0;
        for (int i = 0; i < IMAGES; i++) {
            Optional<Box> drawn = RandomErasing.box(100, 200, random);
            if (drawn.isPresent()) {
                Box box = drawn.get();
                found++;
                area += box.height() * box.width() / 20_000.0;
                logRatio += Math.log((double) box.height() / box.width());
                assertThat(box.top() + box.height()).isLessThanOrEqualTo(100);
                assertThat(box.left() + box.width()).isLessThanOrEqualTo(200);
            }
        }
        // RandomErasing.get_params of torchvision 0.14.1 on [1, 100, 200], 20,000 times, seed 9: all found,
        // mean area 0.1639, mean of the logarithm -0.115.
        assertThat(found).isEqualTo(IMAGES);
        assertThat(area / found).isCloseTo(0.1639, within(0.003));
        assertThat(logRatio / found).isCloseTo(-0.115, within(0.02));
    }

    @Test
    void random_fill_draws_every_level_and_zero_fill_none_but_black() {
        Planes planes = new Planes(3, 64, 64);
        new RandomErasing(1, Fill.RANDOM).erase(planes, new Box(0, 0, 63, 63), new SplitMix64(4));

        int[] counts = new int[256];
        for (int y = 0; y < 3 * 64; y++) {
            for (int x = 0; x < 63; x++) {
                if (y % 64 < 63) {
                    counts[planes.values()[y * 64 + x] & 0xff]++;
                }
            }
        }
        // 255 degrees of freedom: below 330 in 99.9 % of samples.
        assertThat(chiSquare(counts)).isLessThan(330);
    }

    @Test
    void turns_and_shifts_spread_evenly_over_their_ranges() {
        RandomAffine affine = new RandomAffine(30, 0.25);
        Planes image = new Planes(1, 20, 40);
        int[] turns = new int[6];
        int[] rights = new int[21];
        for (int i = 0; i < IMAGES; i++) {
            AffineMap map = affine.draw(image, SplitMix64.of(1, i));
            double degrees = Math.toDegrees(Math.atan2(map.b(), map.a()));
            turns[(int) ((degrees + 30) / 10)]++;
            // Where the middle of the image came to.
            double right = map.e() * (20 - map.c()) - map.b() * (10 - map.f()) - 20;
            rights[(int) Math.round(right) + 10]++;
        }

        // 5 degrees of freedom: below 20.5 in 99.9 % of samples.
        assertThat(chiSquare(turns)).isLessThan(20.5);
        // Rounding leaves the outermost shifts, 10 pixels to either side, half as frequent as the others.
        assertThat(rights[0] + rights[20]).isBetween(800, 1200);
        assertThat(rights[7]).isBetween(850, 1150);
    }

    private static double chiSquare(int[] counts) {
        double expected = 0;
        for (int count : counts) {
            expected += (double) count / counts.length;
        }
        double sum = 0;
        for (int count : counts) {
            sum += (count - expected) * (count - expected) / expected;
        }
        return sum;
    }

    @Test
    void rand_augment_changes_most_images_and_not_all_alike() {
        RandAugment step = new RandAugment(2, 9);
        assertThat(augmented(step, 1).values()).isNotEqualTo(augmented(step, 2).values());
        long same = countWhere(
                step, planes -> Arrays.equals(planes.values(), distinct(12, 14).values()));
        // Identity twice, and operations that find nothing to change.
        assertThat((double) same / IMAGES).isBetween(1 / 169.0 * 0.7, 0.1);
    }

    @Test
    void draws_depend_on_seed_epoch_position_and_repeat_alone() {
        Augmenter augmenter =
                new Augmenter(List.of(new RandomCrop(4, Padding.REFLECT), new RandomErasing(0.5, Fill.RANDOM)), 3);
        byte[] first = after(augmenter, 5, 17, 0);
        after(augmenter, 6, 17, 0);

        assertThat(after(augmenter, 5, 17, 0)).isEqualTo(first);
        assertThat(after(augmenter, 6, 17, 0)).isNotEqualTo(first);
        assertThat(after(augmenter, 5, 18, 0)).isNotEqualTo(first);
        assertThat(after(augmenter, 5, 17, 1)).isNotEqualTo(first);
        assertThat(after(new Augmenter(augmenter.steps(), 4), 5, 17, 0)).isNotEqualTo(first);
    }

    private static byte[] after(Augmenter augmenter, int epoch, int position, int repeat) {
        Planes planes = distinct(12, 14);
        augmenter.apply(planes, epoch, position, repeat);
        return planes.values();
    }

    @Test
    void impossible_values_are_refused() {
        assertThatThrownBy(() -> new HorizontalFlip(Double.NaN)).hasMessage("a probability is from 0 to 1, not NaN");
        assertThatThrownBy(() -> new RandomErasing(1.5, Fill.ZERO)).hasMessage("a probability is from 0 to 1, not 1.5");
        assertThatThrownBy(() -> new RandomAffine(181, 0)).hasMessage("a turn is from 0 to 180 degrees, not 181.0");
        assertThatThrownBy(() -> new RandAugment(2, 31)).hasMessage("a magnitude is from 0 to 30, not 31");
        assertThatThrownBy(() -> new RandomCrop(12, Padding.REFLECT).cut(distinct(12, 14), 1, 1))
                .hasMessage("a reflected border of 12 pixels needs a larger image than 12 x 14");
    }
}
