package io.residual.training.run;

import static io.residual.training.run.Decided.drop;
import static io.residual.training.run.Decided.keep;
import static io.residual.training.run.Decided.relabel;
import static io.residual.training.run.Decided.undo;
import static io.residual.training.run.Decided.unsure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ImageShape;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageNames;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelDecisionsTest {
    /** Rows of an IDX file, each of other pixels. */
    private static final ImageSet IMAGES = images(0);

    @TempDir
    private Path directory;

    private static ImageSet images(int first) {
        byte[][] pixels = new byte[6][4];
        IntStream.range(0, 6).forEach(i -> Arrays.fill(pixels[i], (byte) (first + i)));
        return ImageSet.of(
                new ImageShape(1, 2, 2),
                List.of("Shirt", "Coat", "Bag"),
                new TreeMap<>(Map.of("train-images", "a".repeat(64))),
                new ImageNames.Rows("train-images"),
                pixels,
                new int[] {0, 1, 2, 0, 1, 2});
    }

    @Test
    void what_was_decided_changes_labels_and_drops_images_and_nothing_else() {
        LabelDecisions decisions = LabelDecisions.of(List.of(
                relabel(IMAGES, 0, "Coat", "anna", 1),
                drop(IMAGES, 2, "anna", 2),
                keep(IMAGES, 3, "anna", 3),
                unsure(IMAGES, 4, "anna", 4)));

        ImageSet changed = decisions.apply(IMAGES, Split.TRAIN);

        assertThat(IntStream.range(0, 5).map(changed::label)).containsExactly(1, 1, 0, 1, 2);
        assertThat(IntStream.range(0, 5).map(changed::position)).containsExactly(0, 1, 3, 4, 5);
        assertThat(decisions.apply(IMAGES, Split.TEST).contentSha256()).isEqualTo(IMAGES.contentSha256());
    }

    @Test
    void the_last_decision_of_a_reviewer_counts_and_undo_returns_to_the_one_before() {
        LabelDecision first = relabel(IMAGES, 0, "Coat", "anna", 1);
        LabelDecision second = drop(IMAGES, 0, "anna", 2);
        LabelDecision undo = undo(IMAGES, 0, "anna", 3);

        assertThat(LabelDecisions.of(List.of(first, second)).agreed()).containsExactly(second);
        assertThat(LabelDecisions.of(List.of(first, second, undo)).agreed()).containsExactly(first);
        assertThat(LabelDecisions.of(List.of(first, second, undo, undo)).agreed())
                .isEmpty();
        assertThat(LabelDecisions.of(List.of(first, second, undo, undo, undo, second))
                        .agreed())
                .containsExactly(second);
        assertThat(LabelDecisions.of(List.of(first, undo(IMAGES, 0, "ben", 2))).agreed())
                .as("of another reviewer")
                .containsExactly(first);
    }

    @Test
    void contradictory_decisions_are_an_error_that_lists_them_and_who_is_unsure_contradicts_nobody() throws Exception {
        Path file = directory.resolve("both.jsonl");
        Files.writeString(
                file,
                DecisionFile.text(List.of(
                        relabel(IMAGES, 0, "Coat", "anna", 1),
                        relabel(IMAGES, 0, "Bag", "ben", 2),
                        keep(IMAGES, 1, "anna", 3),
                        drop(IMAGES, 1, "ben", 4),
                        unsure(IMAGES, 2, "anna", 5),
                        drop(IMAGES, 2, "ben", 6),
                        drop(IMAGES, 3, "anna", 7),
                        drop(IMAGES, 3, "ben", 8))));

        assertThatThrownBy(() -> LabelDecisions.read(file))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA))
                .hasMessage(file + ": 2 images have contradictory decisions: one of the reviewers must decide again, or"
                        + " undo.\ntrain-images[0]: anna says relabel Coat, ben says relabel Bag\n"
                        + "train-images[1]: anna says keep Coat, ben says drop");
        assertThat(LabelDecisions.read(List.of(file)).agreed().stream()
                        .map(LabelDecision::outcome)
                        .toList())
                .endsWith("drop", "drop");
    }

    @Test
    void decisions_on_other_images_are_refused_with_both_digests() {
        LabelDecisions decisions = LabelDecisions.of(List.of(drop(IMAGES, 0, "anna", 1), keep(IMAGES, 5, "anna", 2)));
        ImageSet others = images(5);

        decisions.requireMadeOn(IMAGES, Split.TRAIN, Map.entry("a.jsonl", "/data"));
        decisions.requireMadeOn(others, Split.TEST, Map.entry("a.jsonl", "/data"));
        assertThatThrownBy(() -> decisions.requireMadeOn(others, Split.TRAIN, Map.entry("a.jsonl", "/data")))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA))
                .hasMessage("a.jsonl: 2 decisions were made on other images than those of /data: train-images[0] had"
                        + " SHA-256 " + IMAGES.sha256(0) + ", has " + others.sha256(0) + " now; train-images[5] had"
                        + " SHA-256 " + IMAGES.sha256(5) + ", has " + others.sha256(5) + " now: name the images that"
                        + " were reviewed, or the decisions on these");
        assertThatThrownBy(
                        () -> decisions.requireMadeOn(IMAGES.subset(0, 1), Split.TRAIN, Map.entry("a.jsonl", "/data")))
                .hasMessageContaining("1 decision was made on other images")
                .hasMessageContaining("train-images[5] had SHA-256 " + IMAGES.sha256(5)
                        + ", and no image has this name in the data with SHA-256 " + "a".repeat(64));
    }

    @Test
    void the_digest_is_of_what_changes_whoever_decided_it_and_when() {
        String some = LabelDecisions.of(List.of(relabel(IMAGES, 0, "Coat", "anna", 1), drop(IMAGES, 2, "anna", 2)))
                .sha256();

        assertThat(LabelDecisions.of(List.of(
                                drop(IMAGES, 2, "ben", 7),
                                keep(IMAGES, 4, "ben", 8),
                                drop(IMAGES, 0, "ben", 9),
                                relabel(IMAGES, 0, "Coat", "ben", 10)))
                        .sha256())
                .isEqualTo(some);
        assertThat(LabelDecisions.of(List.of(relabel(IMAGES, 0, "Bag", "anna", 1), drop(IMAGES, 2, "anna", 2)))
                        .sha256())
                .isNotEqualTo(some);
    }

    @Test
    void a_class_that_the_images_do_not_have_is_an_error() {
        LabelDecisions decisions = LabelDecisions.of(List.of(relabel(IMAGES, 0, "Boot", "anna", 1)));

        assertThatThrownBy(() -> decisions.apply(IMAGES, Split.TRAIN))
                .hasMessage("train-images[0]: was relabelled Boot, which is none of the classes Shirt, Coat, Bag");
    }
}
