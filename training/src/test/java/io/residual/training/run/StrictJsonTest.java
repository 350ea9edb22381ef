package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictJsonTest {
    record Outer(String name, Inner inner, List<Inner> more, Map<String, String> words) {}

    record Inner(int number, boolean yes) {}

    /** The reader of the message knows the file, not our classes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                                                                    | expected an object",
                "{\"name\":{},\"inner\":{},\"more\":[],\"words\":{}}                   | \"name\": expected a text",
                "{\"name\":\"n\",\"inner\":[],\"more\":[],\"words\":{}}                  | \"inner\": expected an"
                        + " object",
                "{\"name\":\"n\",\"inner\":7,\"more\":[],\"words\":{}}                   | \"inner\": expected an"
                        + " object",
                "{\"name\":\"n\",\"inner\":{\"number\":[],\"yes\":true}}                  | \"inner.number\": expected"
                        + " a number",
                "{\"name\":\"n\",\"inner\":{\"number\":1,\"yes\":{}}}                    | \"inner.yes\": expected"
                        + " true or false",
                "{\"name\":\"n\",\"inner\":{\"number\":1,\"yes\":true},\"more\":1.5}     | \"more\": expected an array",
                "{\"name\":\"n\",\"inner\":{\"number\":1,\"yes\":true},\"more\":[[]]}    | \"more.0\": expected an"
                        + " object",
                "{\"name\":\"n\",\"inner\":{\"number\":1,\"yes\":true},\"words\":[]}     | \"words\": expected an"
                        + " object"
            })
    void a_value_of_another_type_is_named_by_its_place(String json, String message) {
        assertThatThrownBy(() -> StrictJson.read(json, Outer.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
