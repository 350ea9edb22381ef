package io.residual.evaluation.labels;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.ImageShape;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.evaluation.labels.NearDuplicates.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NearDuplicatesTest {
    private final ImageSet training = IdxSource.sample().wholeTraining();
    private final ImageSet test = IdxSource.sample().open(Split.TEST, StratifiedSplit.SEED);

    @Test
    void an_image_taken_twice_is_found_within_a_set_and_across_sets() {
        ImageSet some = training.subset(4, 9, 4, 30);
        assertThat(NearDuplicates.within(some, 0)).containsExactly(new Pair(0, 2, 0));
        assertThat(NearDuplicates.between(training.subset(30, 5), some, 0)).containsExactly(new Pair(0, 3, 0));
    }

    @Test
    void pairs_whose_labels_differ_are_counted() {
        ImageSet some = training.subset(4, 9, 4, 30);
        int[] labels = {some.label(0), some.label(1), some.label(2), some.label(3)};
        ImageSet other = training.subset(4).withLabels((labels[0] + 1) % 10);
        assertThat(DuplicatePairs.within("training", some, 0).withDifferentLabels())
                .isZero();
        DuplicatePairs likes = DuplicatePairs.between("test", other, "training", some, 0);
        assertThat(likes.identical()).isEqualTo(2);
        assertThat(likes.withDifferentLabels()).isEqualTo(2);
    }

    @Test
    void colours_count_as_well_as_grey() {
        ImageShape shape = new ImageShape(3, 5, 6);
        byte[] red = new byte[90];
        Arrays.fill(red, 0, 30, (byte) 250);
        byte[] blue = new byte[90];
        Arrays.fill(blue, 60, 90, (byte) 250);
        byte[] nearlyRed = red.clone();
        nearlyRed[7] = (byte) 160;
        ImageSet colours = ImageSet.of(
                shape, List.of("a", "b"), new TreeMap<>(), new byte[][] {red, blue, nearlyRed}, new int[] {0, 1, 0});
        assertThat(NearDuplicates.within(colours, 1)).containsExactly(new Pair(0, 2, 1));
    }

    @Test
    void all_pairs_within_the_tolerance_are_found_and_no_others() {
        List<Pair> found = NearDuplicates.between(test, training, 15);
        List<Pair> expected = everyPair(15);
        assertThat(found).hasSizeGreaterThan(20).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(found).isSortedAccordingTo((a, b) -> Double.compare(a.difference(), b.difference()));
    }

    /** By comparing every test image with every training image. */
    private List<Pair> everyPair(double tolerance) {
        int length = test.height() * test.width();
        byte[] one = new byte[length];
        byte[] all = new byte[length * training.size()];
        for (int j = 0; j < training.size(); j++) {
            training.copyPixels(j, all, j * length);
        }
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < test.size(); i++) {
            test.copyPixels(i, one, 0);
            for (int j = 0; j < training.size(); j++) {
                long sum = 0;
                for (int p = 0; p < length; p++) {
                    sum += Math.abs((one[p] & 0xff) - (all[j * length + p] & 0xff));
                }
                if ((double) sum / length <= tolerance) {
                    pairs.add(new Pair(i, j, (double) sum / length));
                }
            }
        }
        return pairs;
    }
}
