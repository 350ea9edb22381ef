package io.residual.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class CohensKappaTest {
    @Test
    void kappa_is_scikit_learns() throws IOException {
        JsonNode cases;
        try (InputStream json = getClass().getResourceAsStream("kappa.json")) {
            cases = new ObjectMapper().readTree(json).required("cases");
        }
        assertThat(cases).hasSize(8);
        for (JsonNode one : cases) {
            CohensKappa kappa = CohensKappa.of(texts(one.get("first")), texts(one.get("second")));
            if (one.get("kappa").isNull()) {
                assertThat(kappa.kappa()).isEmpty();
            } else {
                // Sums of a few hundred products in double precision.
                assertThat(kappa.kappa().orElseThrow())
                        .isCloseTo(one.get("kappa").doubleValue(), within(1e-12));
            }
        }
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
    }

    @Test
    void answers_to_other_numbers_of_items_cannot_be_compared() {
        assertThatThrownBy(() -> CohensKappa.of(List.of("a"), List.of("a", "b")))
                .hasMessage("1 and 2 answers cannot be compared");
        assertThatThrownBy(() -> CohensKappa.of(List.of(), List.of())).hasMessage("0 and 0 answers cannot be compared");
    }
}
