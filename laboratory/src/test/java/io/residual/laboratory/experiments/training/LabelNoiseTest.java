package io.residual.laboratory.experiments.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.idx.IdxSource;
import io.residual.laboratory.experiments.training.SampledImages.LabelNoise;
import io.residual.laboratory.experiments.training.TrainingData.EvaluationSplit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelNoiseTest {
    private final ImageSet images = IdxSource.sample().open(Split.TRAIN, 1);

    @Test
    void the_share_of_wrong_labels_is_exact_and_all_other_classes_are_drawn() {
        ImageSet noisy = LabelNoise.of(images, 0.2, 7);
        int[] changed = wrong(noisy);

        assertThat(images.size()).isEqualTo(1830);
        assertThat(changed).hasSize(366);
        assertThat(IntStream.of(changed)
                        .map(i -> Math.floorMod(noisy.label(i) - images.label(i), 10))
                        .distinct()
                        .count())
                .isEqualTo(9);
    }

    @Test
    void the_same_seed_changes_the_same_labels_and_no_pixel() {
        ImageSet noisy = LabelNoise.of(images, 0.1, 7);
        byte[] before = new byte[784];
        byte[] after = new byte[784];
        images.copyPixels(42, before, 0);
        noisy.copyPixels(42, after, 0);

        assertThat(wrong(LabelNoise.of(images, 0.1, 7))).isEqualTo(wrong(noisy));
        assertThat(wrong(LabelNoise.of(images, 0.1, 8))).isNotEqualTo(wrong(noisy));
        assertThat(after).isEqualTo(before);
    }

    @Test
    void halves_are_judged_by_networks_that_were_not_trained_on_them() {
        TrainingData material = new TrainingData(301, 0.1, EvaluationSplit.FIRST_HALF, 301);
        SampledImages first = SampledImages.of(IdxSource.sample(), material, 5);
        SampledImages second =
                SampledImages.of(IdxSource.sample(), material.evaluatedOn(EvaluationSplit.SECOND_HALF, 301), 5);

        assertThat(first.heldOut().size()).isEqualTo(150);
        assertThat(first.training().size()).isEqualTo(151);
        assertThat(labels(first.training())).isEqualTo(labels(second.heldOut()));
        assertThat(labels(first.heldOut())).isEqualTo(labels(second.training()));
        assertThat(labels(first.heldOut())).isNotEqualTo(labels(first.heldOutTruth()));
    }

    private int[] wrong(ImageSet noisy) {
        return IntStream.range(0, images.size())
                .filter(i -> noisy.label(i) != images.label(i))
                .toArray();
    }

    private static int[] labels(ImageSet images) {
        return IntStream.range(0, images.size()).map(images::label).toArray();
    }
}
