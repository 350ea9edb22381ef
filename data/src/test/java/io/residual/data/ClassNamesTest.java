package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClassNamesTest {
    private static final String ONE_CHARACTER = "caf\u00e9";
    private static final String LETTER_AND_ACCENT = "cafe\u0301";

    @Test
    void a_name_that_a_mac_wrote_is_the_same_name() {
        assertThat(ClassNames.indexOf(List.of("bar", ONE_CHARACTER), LETTER_AND_ACCENT))
                .isEqualTo(1);
        assertThat(ClassNames.equal(List.of("bar", LETTER_AND_ACCENT), List.of("bar", ONE_CHARACTER)))
                .isTrue();
    }

    @Test
    void names_in_another_order_have_places_and_other_names_have_none() {
        assertThat(ClassNames.places(List.of("a", "b", LETTER_AND_ACCENT), List.of(ONE_CHARACTER, "a", "b")))
                .hasValue(new int[] {1, 2, 0});
        assertThat(ClassNames.places(List.of("a", "b"), List.of("a", "c"))).isEmpty();
        assertThat(ClassNames.places(List.of("a", "b"), List.of("a", "b", "c"))).isEmpty();
        assertThat(ClassNames.places(List.of("a", "a"), List.of("a", "b"))).isEmpty();
    }
}
