package io.residual.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.data.Batch;
import io.residual.training.config.RegularisationSpec;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Image n of a batch of six has the value n + 1 in every pixel of channel 0 and -(n + 1) in channel 1; its class is n. */
class BatchMixingTest {
    private static final int HEIGHT = 9;
    private static final int WIDTH = 7;

    @Test
    void without_mixing_labels_and_images_stay_as_they_are() {
        Batch batch = batch();

        assertThat(new BatchMixing(RegularisationSpec.NONE, 3).apply(batch, 6, 0))
                .isEqualTo(Nd4j.eye(6).castTo(DataType.FLOAT));
        assertThat(batch.images()).isEqualTo(batch().images());
    }

    @Test
    void a_smoothed_label_gives_its_share_to_all_classes_alike() {
        INDArray labels = new BatchMixing(new RegularisationSpec(0.3, 0, 0, 0), 3).apply(batch(), 6, 0);

        assertThat(labels.getDouble(2, 2)).isCloseTo(0.75, within(1e-6));
        assertThat(labels.getDouble(2, 5)).isCloseTo(0.05, within(1e-6));
        assertThat(labels.sum(1).toDoubleVector()).containsOnly(new double[] {1}, within(1e-6));
    }

    @Test
    void mixup_mixes_pixels_and_labels_by_the_same_share() {
        Batch batch = batch();
        INDArray labels = new BatchMixing(new RegularisationSpec(0, 0.8, 0, 0), 3).apply(batch, 6, 5);

        for (int n = 0; n < 6; n++) {
            double expected = mean(labels, n);
            assertThat(batch.images().getDouble(n, 0, 4, 6)).isCloseTo(expected, within(1e-5));
            assertThat(batch.images().getDouble(n, 1, 0, 2)).isCloseTo(-expected, within(1e-5));
        }
        assertThat(labels.sum(1).toDoubleVector()).containsOnly(new double[] {1}, within(1e-6));
        assertThat(labels.max(1).minNumber().doubleValue()).isLessThan(0.99);
    }

    @Test
    void cutmix_gives_a_label_the_share_of_the_pixels() {
        BatchMixing mixing = new BatchMixing(new RegularisationSpec(0, 0, 1, 0), 4);
        Set<Double> shares = new HashSet<>();
        for (int iteration = 0; iteration < 20; iteration++) {
            Batch batch = batch();
            INDArray labels = mixing.apply(batch, 6, iteration);
            for (int n = 0; n < 6; n++) {
                double pixels = batch.images().slice(n).slice(0).meanNumber().doubleValue();
                assertThat(pixels).isCloseTo(mean(labels, n), within(1e-5));
                double other = batch.images().slice(n).slice(1).meanNumber().doubleValue();
                assertThat(other).isCloseTo(-pixels, within(1e-5));
                shares.add(labels.getDouble(n, n));
            }
        }
        assertThat(shares).hasSizeGreaterThan(8);
    }

    @Test
    void both_together_take_turns() {
        BatchMixing mixing = new BatchMixing(new RegularisationSpec(0, 0.8, 1, 0), 4);
        long cut = IntStream.range(0, 40)
                .filter(iteration -> {
                    Batch batch = batch();
                    mixing.apply(batch, 6, iteration);
                    INDArray rounded = Transforms.floor(batch.images(), true);
                    return rounded.equals(batch.images());
                })
                .count();

        assertThat(cut).isBetween(10L, 30L);
    }

    @Test
    void a_batch_is_mixed_the_same_way_in_a_resumed_run_and_another_way_than_its_neighbours() {
        RegularisationSpec spec = new RegularisationSpec(0, 0.4, 0, 0);
        INDArray first = new BatchMixing(spec, 3).apply(batch(), 6, 7);

        assertThat(new BatchMixing(spec, 3).apply(batch(), 6, 7)).isEqualTo(first);
        assertThat(new BatchMixing(spec, 3).apply(batch(), 6, 8)).isNotEqualTo(first);
        assertThat(new BatchMixing(spec, 4).apply(batch(), 6, 7)).isNotEqualTo(first);
    }

    /** The share of each label times the value of its images. */
    private static double mean(INDArray labels, int row) {
        return IntStream.range(0, 6)
                .mapToDouble(c -> labels.getDouble(row, c) * (c + 1))
                .sum();
    }

    private static Batch batch() {
        INDArray images = Nd4j.zeros(DataType.FLOAT, 6, 2, HEIGHT, WIDTH);
        for (int n = 0; n < 6; n++) {
            images.slice(n).slice(0).assign(n + 1);
            images.slice(n).slice(1).assign(-n - 1);
        }
        return new Batch(images, 0, 1, 2, 3, 4, 5);
    }
}
