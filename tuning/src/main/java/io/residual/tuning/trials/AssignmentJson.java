package io.residual.tuning.trials;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.residual.tuning.search.Assignment;
import java.util.LinkedHashMap;
import java.util.Map;

/** An assignment as a JSON object: 0.1 is a double, 1 is a long, "cosine" is a word; no name chooses a class. */
final class AssignmentJson {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_LONG_FOR_INTS)
            .build();

    private AssignmentJson() {}

    static String write(Assignment assignment) {
        try {
            return MAPPER.writeValueAsString(assignment.values());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON for " + assignment, e);
        }
    }

    /** @throws IllegalArgumentException if the text is no assignment */
    static Assignment read(String json) {
        try {
            Map<String, Object> values = MAPPER.readValue(json, new TypeReference<LinkedHashMap<String, Object>>() {});
            return new Assignment(values);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not an assignment: " + e.getOriginalMessage(), e);
        }
    }
}
