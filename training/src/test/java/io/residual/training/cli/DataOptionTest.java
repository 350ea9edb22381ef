package io.residual.training.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.DataChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataOptionTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "images:"})
    void a_place_without_a_path_is_a_bad_setting_that_names_the_option(String text) {
        assertThatThrownBy(() -> DataOption.choice(text))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith("--data: ")
                .hasMessageEndingWith(", got '" + text + "'")
                .extracting(e -> ((ResidualException) e).kind())
                .isEqualTo(Kind.BAD_SETTING);
    }

    @Test
    void the_words_of_a_spec_are_read() {
        assertThat(DataOption.choice("sample")).isEqualTo(DataChoice.Named.SAMPLE);
    }
}
