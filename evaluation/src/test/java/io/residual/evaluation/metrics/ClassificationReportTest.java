package io.residual.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.evaluation.metrics.ClassificationReport.TopAccuracy;
import io.residual.training.metrics.ClassMetrics;
import io.residual.training.metrics.ConfusionMatrix;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassificationReportTest {
    private static final List<String> CLOTHES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private static final ClassificationReport THREE = new ClassificationReport(
            List.of("Coat", "Shirt", "Ankle boot"),
            Golden.counts(new long[][] {{5, 1, 0}, {2, 7, 3}, {0, 4, 9}}),
            OptionalDouble.of(0.73125),
            List.of(new TopAccuracy(2, 0.875)));

    @Test
    void the_text_shows_rates_totals_and_counts() {
        assertThat(THREE.toText()).isEqualTo("""
            class          precision   recall       F1    support
            0 Coat            0.7143   0.8333   0.7692          6
            1 Shirt           0.5833   0.5833   0.5833         12
            2 Ankle boot      0.7500   0.6923   0.7200         13
            macro average     0.6825   0.7030   0.6909         31

            accuracy  0.6774 (21 of 31), 95 % interval 0.5014 to 0.8143
            balanced  0.7030 (mean recall of the classes)
            Matthews  0.5000 (correlation of actual and predicted classes)
            top-2     0.8750
            loss      0.7313 (mean cross entropy, nats)

            confusion (rows: actual, columns: predicted)
                          0 1 2
            0 Coat        5 1 0
            1 Shirt       2 7 3
            2 Ankle boot  0 4 9
            """);
    }

    @Test
    void an_undefined_rate_prints_as_not_available_and_is_null_in_the_json() throws Exception {
        ConfusionMatrix matrix = Golden.counts(Golden.read("matrices").required("ten"));
        ClassificationReport report = new ClassificationReport(CLOTHES, matrix, OptionalDouble.empty(), List.of());

        assertThat(report.toText())
                .containsPattern("4 Coat +n/a   0\\.0000   0\\.0000         30\n")
                .containsPattern("7 Sneaker +0\\.0000      n/a   0\\.0000          0\n")
                .contains("n/a: precision of a class that was never predicted, recall of one that is not present;")
                .contains("loss      n/a");
        ObjectNode json = report.toJson();
        assertThat(json.at("/classes/4/precision").isNull()).isTrue();
        assertThat(json.at("/classes/4/recall").doubleValue()).isZero();
        assertThat(json.at("/classes/7/recall").isNull()).isTrue();
        assertThat(json.required("meanCrossEntropyNats").isNull()).isTrue();
    }

    @Test
    void ten_classes_of_a_large_test_set_fit_in_100_columns() {
        long[][] counts = new long[10][10];
        for (int c = 0; c < 10; c++) {
            counts[c][c] = 999_983 - c;
            counts[c][(c + 3) % 10] = 17;
        }
        String text =
                new ClassificationReport(CLOTHES, Golden.counts(counts), OptionalDouble.of(0.1), List.of()).toText();

        assertThat(text)
                .contains("confusion (rows: actual, columns: predicted)")
                .contains("5 Sandal ");
        assertThat(text.lines()).allMatch(line -> line.length() <= 100).noneMatch(line -> line.endsWith(" "));
    }

    @Test
    void of_many_classes_the_most_frequent_confusions_are_listed_instead_of_the_matrix() {
        int classes = 100;
        long[][] counts = new long[classes][classes];
        counts[7][93] = 12;
        counts[93][7] = 3;
        counts[50][50] = 4000;
        List<String> names = IntStream.range(0, classes)
                .mapToObj(c -> c == 93 ? "a class with a name that is far too long for a table" : "class" + c)
                .toList();
        String text =
                new ClassificationReport(names, Golden.counts(counts), OptionalDouble.empty(), List.of()).toText();

        assertThat(text).endsWith("""
            most frequent confusions (the matrix of 100 classes is in the JSON)
                      12   7 class7  as  93 a class with a name th...
                       3  93 a class with a name th...  as   7 class7
            """);
        assertThat(text.lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void the_json_holds_the_unrounded_numbers() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        ClassMetrics macro = THREE.confusion().macroAverage();
        // Through text, as its readers get it: a tree keeps the difference of int and long.
        assertThat(mapper.readTree(THREE.toJson().toString())).isEqualTo(mapper.readTree("""
            {"examples": 31, "correct": 21, "accuracy": 0.6774193548387096,
             "accuracyInterval":
                 {"low": 0.5014100930808565, "high": 0.8143057343364082, "level": 0.95, "method": "Wilson"},
             "balancedAccuracy": %s, "matthewsCorrelation": %s,
             "meanCrossEntropyNats": 0.73125,
             "topAccuracies": [{"k": 2, "accuracy": 0.875}],
             "classes": [
                 {"name": "Coat", "precision": 0.7142857142857143, "recall": 0.8333333333333334,
                  "f1": 0.7692307692307693, "support": 6},
                 {"name": "Shirt", "precision": 0.5833333333333334, "recall": 0.5833333333333334,
                  "f1": 0.5833333333333334, "support": 12},
                 {"name": "Ankle boot", "precision": 0.75, "recall": 0.6923076923076923,
                  "f1": 0.72, "support": 13}],
             "macroAverage": {"precision": %s, "recall": %s,
                  "f1": %s},
             "confusion": [[5, 1, 0], [2, 7, 3], [0, 4, 9]]}
            """.formatted(
                        macro.recall().orElseThrow(),
                        THREE.confusion().matthews().orElseThrow(),
                        macro.precision().orElseThrow(),
                        macro.recall().orElseThrow(),
                        macro.f1().orElseThrow())));
    }

    @Test
    void a_report_of_probabilities_has_their_loss_and_top_accuracies() {
        Scores scores = Scores.of(
                new float[][] {{0.5f, 0.25f, 0.125f, 0.125f}, {0.125f, 0.25f, 0.125f, 0.5f}}, new int[] {0, 1});
        ClassificationReport report = ClassificationReport.ofProbabilities(List.of("a", "b", "c", "d"), scores);

        assertThat(report.confusion().correct()).isEqualTo(1);
        assertThat(report.loss()).hasValue(1.5 * Math.log(2));
        assertThat(report.topAccuracies()).containsExactly(new TopAccuracy(2, 1), new TopAccuracy(3, 1));
    }

    @Test
    void a_report_without_examples_says_so() {
        ClassificationReport report = new ClassificationReport(
                List.of("a", "b"), Golden.counts(new long[2][2]), OptionalDouble.empty(), List.of());

        assertThat(report.toText()).contains("accuracy  n/a (0 of 0)\n").contains("macro average        n/a");
        assertThat(report.toJson().required("accuracyInterval").isNull()).isTrue();
    }

    @Test
    void a_report_that_contradicts_itself_cannot_be_made() {
        ConfusionMatrix two = Golden.counts(new long[2][2]);
        assertThatThrownBy(() -> new ClassificationReport(List.of("a"), two, OptionalDouble.empty(), List.of()))
                .hasMessage("1 names do not match 2 classes");
        assertThatThrownBy(() -> new ClassificationReport(List.of("a", "a"), two, OptionalDouble.empty(), List.of()))
                .hasMessage("a class name is blank or duplicate: [a, a]");
        assertThatThrownBy(() ->
                        new ClassificationReport(List.of("a", "b"), two, OptionalDouble.of(Double.NaN), List.of()))
                .hasMessage("the loss must not be negative, found NaN");
        assertThatThrownBy(() -> new TopAccuracy(2, Double.NaN)).hasMessage("not a top-k accuracy: NaN for k = 2");
        List<TopAccuracy> falling = List.of(new TopAccuracy(3, 1), new TopAccuracy(2, 1));
        assertThatThrownBy(() -> new ClassificationReport(List.of("a", "b"), two, OptionalDouble.empty(), falling))
                .hasMessageStartingWith("the top-k accuracies must be in rising order of k: ");
    }
}
