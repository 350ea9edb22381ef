package io.residual.evaluation.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.ImageShape;
import io.residual.core.ResidualException;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.review.DecisionEffect.EvaluatedImages;
import io.residual.evaluation.review.DecisionEffect.Group;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.LabelDecision.Verdict;
import io.residual.training.run.LabelDecisions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DecisionEffectTest {
    /** Labels 0, 1, 0, 1, 0, 1. */
    private static final ImageSet IMAGES = images();

    private static ImageSet images() {
        byte[][] pixels = new byte[6][1];
        IntStream.range(0, 6).forEach(i -> pixels[i][0] = (byte) i);
        return ImageSet.of(
                new ImageShape(1, 1, 1), List.of("cat", "dog"), new TreeMap<>(), pixels, new int[] {0, 1, 0, 1, 0, 1});
    }

    /** A network that predicts these classes. */
    private static Scores predicting(int... classes) {
        float[][] rows = new float[classes.length][2];
        IntStream.range(0, classes.length).forEach(i -> rows[i][classes[i]] = 1);
        return Scores.of(
                rows, IntStream.range(0, classes.length).map(IMAGES::label).toArray());
    }

    private static LabelDecision decision(int index, Verdict verdict, String after) {
        return new LabelDecision(
                Split.TEST,
                IMAGES.name(index),
                IMAGES.sha256(index),
                IMAGES.classNames().get(IMAGES.label(index)),
                after,
                verdict,
                "anna",
                Instant.parse("2026-11-27T17:00:00Z"));
    }

    @Test
    void reviewed_images_are_counted_with_their_given_and_their_decided_labels_and_dropped_ones_with_the_given() {
        LabelDecisions decisions = LabelDecisions.of(List.of(
                decision(0, Verdict.RELABEL, "dog"),
                decision(1, Verdict.DROP, ""),
                decision(2, Verdict.KEEP, "cat"),
                decision(3, Verdict.UNSURE, "dog")));

        DecisionEffect effect = DecisionEffect.of(
                decisions,
                new EvaluatedImages(IMAGES, Split.TEST, "test images"),
                List.of(1L, 2L),
                List.of(predicting(0, 1, 0, 1, 0, 0), predicting(0, 0, 0, 0, 0, 0)),
                List.of(predicting(1, 1, 0, 1, 0, 1), predicting(1, 0, 0, 0, 0, 1)));

        assertThat(effect.groups())
                .containsExactly(
                        new Group("all, labels as given", 6, List.of(5 / 6.0, 3 / 6.0), List.of(5 / 6.0, 3 / 6.0)),
                        new Group("all, labels as decided", 5, List.of(3 / 5.0, 2 / 5.0), List.of(5 / 5.0, 4 / 5.0)),
                        new Group("reviewed, labels as given", 3, List.of(1.0, 2 / 3.0), List.of(2 / 3.0, 1 / 3.0)),
                        new Group("reviewed, labels as decided", 2, List.of(0.5, 0.5), List.of(1.0, 1.0)),
                        new Group("not reviewed", 3, List.of(2 / 3.0, 1 / 3.0), List.of(1.0, 2 / 3.0)));
    }

    @Test
    void a_label_that_is_no_class_is_an_error_that_names_the_image() {
        LabelDecisions decisions = LabelDecisions.of(List.of(decision(0, Verdict.RELABEL, "bird")));

        assertThatThrownBy(() -> DecisionEffect.of(
                        decisions,
                        new EvaluatedImages(IMAGES, Split.TEST, "test images"),
                        List.of(1L),
                        List.of(predicting(0, 1, 0, 1, 0, 0)),
                        List.of(predicting(0, 1, 0, 1, 0, 1))))
                .isInstanceOf(ResidualException.class)
                .hasMessage(IMAGES.name(0) + ": was relabelled bird, which is none of the classes cat, dog");
    }

    @Test
    void decisions_on_training_images_alone_leave_one_group() {
        DecisionEffect effect = DecisionEffect.of(
                LabelDecisions.of(List.of(decision(0, Verdict.DROP, ""))),
                new EvaluatedImages(IMAGES, Split.TRAIN, "images held back"),
                List.of(1L),
                List.of(predicting(0, 1, 0, 1, 0, 0)),
                List.of(predicting(0, 1, 0, 1, 0, 1)));

        assertThat(effect.groups()).extracting(Group::name).containsExactly("all, labels as given");
        assertThat(effect.groups().get(0).verdict()).isEqualTo("one seed shows no difference: train more");
    }

    private static Group group(List<Double> without, double... gains) {
        return new Group(
                "all",
                100,
                without,
                IntStream.range(0, gains.length)
                        .mapToObj(i -> without.get(i) + gains[i])
                        .toList());
    }

    @Test
    void the_verdict_is_of_the_interval_over_paired_seeds() {
        List<Double> spread = Arrays.asList(0.70, 0.80, 0.75);

        assertThat(group(spread, 0.010, 0.012, 0.011).verdict()).isEqualTo("better with the decisions");
        assertThat(group(spread, -0.010, -0.012, -0.011).verdict()).isEqualTo("worse with the decisions");
        assertThat(group(spread, 0.010, -0.008, 0.011).verdict()).isEqualTo("no difference that 3 seeds can show");
        // SciPy 1.10.1: t.interval(0.95, 2, 0.011, sem([0.010, 0.012, 0.011]))
        assertThat(group(spread, 0.010, 0.012, 0.011).difference().orElseThrow().low())
                .isCloseTo(0.008515862, within(1e-9));
    }

    @Test
    void the_report_has_every_figure_and_the_verdict() {
        DecisionEffect effect = new DecisionEffect(
                LabelDecisions.of(List.of(decision(0, Verdict.RELABEL, "dog"))),
                "test images",
                List.of(1L, 2L, 3L),
                List.of(group(Arrays.asList(0.70, 0.80, 0.75), 0.010, 0.012, 0.011)));

        assertThat(new EffectReport(effect).text())
                .contains("Decisions of anna")
                .contains("Test images: 1 relabelled, 0 dropped, 0 kept, 0 unsure")
                .contains("Accuracy on test images, mean of seeds 1, 2, 3")
                .containsPattern("all +100 +0\\.7500 +0\\.7610 +\\+0\\.0110 \\(\\+0\\.0085 to \\+0\\.0135\\)")
                .endsWith("better with the decisions" + System.lineSeparator());
        assertThat(new EffectReport(effect).html())
                .contains("cat, relabelled dog", "+0.0110 (+0.0085 to +0.0135)", "better with the decisions.");
        assertThat(new EffectReport(effect).json()).contains("\"interval95\"", "\"seeds\" : [ 1, 2, 3 ]");
    }
}
