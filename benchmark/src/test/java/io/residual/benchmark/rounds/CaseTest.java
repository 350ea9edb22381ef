package io.residual.benchmark.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.residual.core.ImageShape;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaseTest {
    @Test
    void pixels_come_before_the_batch() {
        Case parsed = Case.parse("96x64", OptionalInt.of(16));
        assertThat(parsed).isEqualTo(new Case(Model.RESNET_18, 96, 64, 16));
        assertThat(parsed.label()).isEqualTo("96x64");
        assertThat(parsed.spec().input()).isEqualTo(new ImageShape(1, 96, 96));
        assertThat(parsed.spec().features()).isEqualTo(128);
    }

    @Test
    void a_case_may_name_its_network_which_has_a_width_of_its_own() {
        Case parsed = Case.parse("resnet20:28x128", OptionalInt.empty());
        assertThat(parsed).isEqualTo(new Case(Model.RESNET_20, 28, 128, 16));
        assertThat(parsed.label()).isEqualTo("resnet20:28x128");
        // 3x3x16 of the stem, 18 convolutions, 19 batch norms, 64 x 10 + 10; option A has no parameters.
        assertThat(parsed.spec().parameters()).isEqualTo(269_434);
        assertThat(Case.parse("resnet18:28x256", OptionalInt.empty()).label()).isEqualTo("28x256");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "28", "28x", "x256", "28*256", "0x8", "28x256x2", "-28x4", "28x999999", "resnet34:28x4"})
    void other_texts_are_refused_with_an_example(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Case.parse(text, OptionalInt.empty()))
                .withMessage("a case is written PIXELSxBATCH, such as 28x256, or resnet20:28x128, got '" + text + "'");
    }

    @Test
    void a_batch_of_one_is_a_case_of_latency() {
        assertThat(Case.parse("28x1", OptionalInt.empty()).measuresLatency()).isTrue();
        assertThat(Case.parse("28x2", OptionalInt.empty()).measuresLatency()).isFalse();
    }

    @Test
    void a_width_of_zero_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Case.parse("28x1", OptionalInt.of(0)))
                .withMessage(
                        "a case needs images of at least 1 pixel, a batch of at least 1 and a width of at least 1, got"
                                + " 28 pixels, batch 1, width 0");
    }
}
