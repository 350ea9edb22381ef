package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.loop.EpochMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    private static final EpochMetrics FIRST = new EpochMetrics(
            1,
            0.05,
            0.9,
            0.625,
            0.75,
            0.7,
            OptionalDouble.of(0.5),
            OptionalDouble.of(0.25),
            OptionalDouble.of(-0.125),
            0.75,
            0.7,
            310.5,
            12.25);
    private static final EpochMetrics SECOND = new EpochMetrics(2, 0.05, 0.5, 0.8, 0.6, 0.75, 1.0 / 3, 1e-9);
    private static final String FIRST_LINE =
            "{\"epoch\":1,\"learningRate\":0.05,\"trainLoss\":0.9,\"trainAccuracy\":0.625,\"validationLoss\":0.75,\"validationAccuracy\":0.7,\"validationBalancedAccuracy\":0.5,\"validationMacroF1\":0.25,\"validationMatthews\":-0.125,\"rawValidationLoss\":0.75,\"rawValidationAccuracy\":0.7,\"imagesPerSecond\":310.5,\"epochSeconds\":12.25}\n";

    @TempDir
    Path directory;

    @Test
    void a_line_has_the_names_of_the_metrics_in_every_locale() throws IOException {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            log().append(FIRST);
        } finally {
            Locale.setDefault(before);
        }
        assertThat(Files.readString(file())).isEqualTo(FIRST_LINE);
    }

    @Test
    void metrics_are_read_back_equal_and_in_order() {
        log().append(FIRST);
        log().append(SECOND);

        assertThat(log().read()).containsExactly(FIRST, SECOND);
    }

    @Test
    void a_line_of_release_0_1_has_no_rates_of_classes() throws IOException {
        Files.writeString(file(), FIRST_LINE.replaceFirst("\"validationBalancedAccuracy.*-0.125,", ""));

        assertThat(log().read())
                .containsExactly(new EpochMetrics(1, 0.05, 0.9, 0.625, 0.75, 0.7, 310.5, 12.25))
                .allSatisfy(epoch -> assertThat(epoch.validationMatthews()).isEmpty());
    }

    @Test
    void there_are_none_before_the_first_epoch() {
        assertThat(log().read()).isEmpty();
    }

    @Test
    void a_cut_last_line_is_told_with_its_number() throws IOException {
        Files.writeString(file(), FIRST_LINE + "{\"epoch\":2,\"learni");
        assertFault(":2: the line is cut: the run ended while writing it; delete the line");

        Files.writeString(file(), FIRST_LINE.strip());
        assertFault(":1: the line is cut: the run ended while writing it; delete the line");
    }

    @Test
    void a_line_that_is_no_metrics_is_told_with_its_number() throws IOException {
        assertSecondLine("\n", "No content to map due to end-of-input");
        assertSecondLine("null\n", "expected an object, got null");
        assertSecondLine("{\"epoch\":2}\n", "\"learningRate\" is missing");
        assertSecondLine(FIRST_LINE.replace("\"epoch\"", "\"Epoch\":1,\"epoch\""), "unknown name \"Epoch\"");
        assertSecondLine(FIRST_LINE.replace("\"epoch\":1", "\"epoch\":1,\"epoch\":2"), "Duplicate field 'epoch'");
        assertSecondLine(FIRST_LINE.replace("0.05", "-1"), "learningRate must be at least 0 and finite, got -1.0");
        assertSecondLine(FIRST_LINE.replace("0.625", "1.625"), "trainAccuracy must be in [0, 1], got 1.625");
        assertSecondLine(FIRST_LINE.replace("0.9", "1e999"), "trainLoss must be at least 0 and finite, got Infinity");
        assertSecondLine(FIRST_LINE.replace("-0.125", "-1.5"), "validationMatthews must be in [-1, 1], got -1.5");
        assertSecondLine(FIRST_LINE.replace("-0.125", "{}"), "\"validationMatthews\": expected a number");
        assertSecondLine(FIRST_LINE, "expected epoch 2, found epoch 1");
    }

    @Test
    void values_of_other_types_are_refused() throws IOException {
        for (String other : new String[] {"\"0.9\"", "null", "NaN", "[0.9]", "{}", "true"}) {
            Files.writeString(file(), FIRST_LINE.replace("0.9", other));
            assertThatThrownBy(() -> log().read())
                    .as(other)
                    .hasMessageStartingWith(file() + ":1: ")
                    .hasMessageNotContaining("\n");
        }
        Files.writeString(file(), FIRST_LINE.replace("\"epoch\":1", "\"epoch\":1.5"));
        assertThatThrownBy(() -> log().read()).hasMessageStartingWith(file() + ":1: ");
    }

    @Test
    void metrics_that_are_no_numbers_cannot_exist() {
        assertThatThrownBy(() -> new EpochMetrics(1, 0.05, Double.NaN, 0.5, 0.5, 0.5, 1, 1))
                .hasMessage("trainLoss must be at least 0 and finite, got NaN");
        assertThatThrownBy(() -> new EpochMetrics(1, 0.05, 0.5, 0.5, 0.5, Double.NaN, 1, 1))
                .hasMessage("validationAccuracy must be in [0, 1], got NaN");
        assertThatThrownBy(() -> new EpochMetrics(0, 0.05, 0.5, 0.5, 0.5, 0.5, 1, 1))
                .hasMessage("epoch must be at least 1, got 0");
        assertThatThrownBy(() -> new EpochMetrics(1, 0.05, 0.5, 0.5, 0.5, 0.5, Double.POSITIVE_INFINITY, 1))
                .hasMessage("imagesPerSecond must be above 0 and finite, got Infinity");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_full_disk_is_one_line() {
        assertThatThrownBy(() -> new MetricsLog(Path.of("/dev/full")).append(FIRST))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                .hasMessage("/dev/full: cannot be written: No space left on device: free space, or give another run"
                        + " directory");
    }

    private void assertSecondLine(String line, String what) throws IOException {
        Files.writeString(file(), FIRST_LINE + line);
        assertFault(":2: " + what);
    }

    private void assertFault(String what) {
        assertThatThrownBy(() -> log().read())
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                .hasMessage(file() + what);
    }

    private MetricsLog log() {
        return new MetricsLog(file());
    }

    private Path file() {
        return directory.resolve("metrics.jsonl");
    }
}
