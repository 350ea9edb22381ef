package io.residual.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AvailabilityTest {
    @Test
    void the_library_on_the_class_path_is_the_one_that_answers() {
        assertThat(OneDnn.availability()).isInstanceOfSatisfying(Availability.Available.class, available -> {
            assertThat(available.version()).isEqualTo("3.8.1");
            assertThat(available.instructions()).startsWith("0x");
        });
    }
}
