package io.residual.tuning.confirm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class SignedRankTestTest {
    @ParameterizedTest
    @CsvFileSource(resources = "signed-ranks.csv", numLinesToSkip = 1)
    void the_p_value_is_scipy_s_also_with_ties_and_zeros(double p, String differences) {
        double[] sample = Stream.of(differences.split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();

        assertThat(SignedRankTest.pLess(sample)).isCloseTo(p, within(1e-12));
    }
}
