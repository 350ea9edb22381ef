package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadVariablesTest {
    @ParameterizedTest
    @ValueSource(strings = {"100000", "x", "0", "-1", "", "4,2", "2147483648", "1e3", "٤"})
    void a_number_of_threads_that_would_crash_native_code_is_refused_by_name(String value) {
        assertThatThrownBy(() -> ThreadVariables.check(Map.of("OMP_NUM_THREADS", value)))
                .hasMessage("environment variable OMP_NUM_THREADS: expected a whole number from 1 to 1024, got \""
                        + value + "\": correct or unset it")
                .extracting(error -> ((ResidualException) error).kind())
                .isEqualTo(Kind.BAD_SETTING);
        assertThatThrownBy(() -> ThreadVariables.check(Map.of("OPENBLAS_NUM_THREADS", value)))
                .hasMessageStartingWith("environment variable OPENBLAS_NUM_THREADS: ");
    }

    @Test
    void usual_numbers_and_other_variables_pass() {
        assertThatCode(() -> ThreadVariables.check(Map.of(
                        "OMP_NUM_THREADS", "1024", "MKL_NUM_THREADS", " 8 ", "OMP_WAIT_POLICY", "PASSIVE", "X", "x")))
                .doesNotThrowAnyException();
    }
}
