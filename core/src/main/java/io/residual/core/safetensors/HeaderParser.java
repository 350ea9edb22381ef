package io.residual.core.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.residual.core.safetensors.Header.Entry;
import java.io.IOException;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of a header, token by token, and takes nothing that the format does not name. */
final class HeaderParser implements AutoCloseable {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    // The header, one tensor, its shape, and one more so that this class says what is wrong with it.
                    .maxNestingDepth(4)
                    .maxDocumentLength(Header.MAX_BYTES)
                    .build())
            // The symbol table would answer names chosen to collide with an unchecked exception.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final String where;
    private final JsonParser json;

    private HeaderParser(String where, CharBuffer text) throws IOException {
        this.where = where;
        this.json = JSON.createParser(text.array(), text.arrayOffset() + text.position(), text.remaining());
    }

    /**
     * Parses a header.
     *
     * @param where the file, for messages
     * @throws SafetensorsException if the text is not a header
     */
    static Header parse(String where, CharBuffer text) throws IOException {
        try (HeaderParser parser = new HeaderParser(where, text)) {
            return parser.header();
        } catch (JsonEOFException e) {
            throw new SafetensorsException(where + ": the JSON of the header ends too early", e);
        } catch (JsonProcessingException e) {
            throw new SafetensorsException(
                    where + ": the header is not JSON" + place(e.getLocation()) + ": "
                            + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        }
    }

    /** Jackson knows no place where a limit of its own was passed. */
    private static String place(@Nullable JsonLocation location) {
        return location == null ? "" : " (character " + location.getCharOffset() + ")";
    }

    private Header header() throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw error("the header", "expected a JSON object, found " + found());
        }
        Map<String, String> metadata = null;
        Map<String, Entry> entries = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (name.equals(Header.METADATA)) {
                requireFirst(Header.METADATA, "the field", metadata);
                metadata = metadata();
            } else {
                requireFirst("tensor " + Quoted.name(name), "the name", entries.get(name));
                entries.put(name, entry(name));
            }
        }
        if (json.nextToken() != null) {
            throw error("the header", "something follows its JSON object: " + found());
        }
        return new Header(metadata == null ? Map.of() : metadata, List.copyOf(entries.values()));
    }

    private void requireFirst(String place, String what, @Nullable Object before) throws SafetensorsException {
        if (before != null) {
            throw error(place, what + " is duplicated");
        }
    }

    private Map<String, String> metadata() throws IOException {
        if (json.nextToken() == JsonToken.VALUE_NULL) {
            // The reference implementation takes it for none.
            return Map.of();
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw error(Header.METADATA, "expected an object of strings, found " + found());
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            requireFirst(Header.METADATA, "the key " + Quoted.name(key), metadata.get(key));
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw error(
                        Header.METADATA, "the value of " + Quoted.name(key) + " must be a string, found " + found());
            }
            metadata.put(key, json.getText());
        }
        return metadata;
    }

    private Entry entry(String name) throws IOException {
        String tensor = "tensor " + Quoted.name(name);
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw error(tensor, "expected an object with dtype, shape and data_offsets, found " + found());
        }
        DType dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            switch (field) {
                case "dtype" -> {
                    requireFirst(tensor, field, dtype);
                    dtype = dtype(tensor);
                }
                case "shape" -> {
                    requireFirst(tensor, field, shape);
                    shape = nonNegativeIntegers(tensor, field);
                }
                case "data_offsets" -> {
                    requireFirst(tensor, field, offsets);
                    offsets = nonNegativeIntegers(tensor, field);
                }
                default -> throw error(tensor, "unknown field " + Quoted.name(field));
            }
        }
        List<Long> range = present(tensor, "data_offsets", offsets);
        if (range.size() != 2) {
            throw error(tensor, "data_offsets must be two numbers, found " + range.size());
        }
        return new Entry(
                name, present(tensor, "dtype", dtype), present(tensor, "shape", shape), range.get(0), range.get(1));
    }

    private <T> T present(String tensor, String field, @Nullable T value) throws SafetensorsException {
        if (value == null) {
            throw error(tensor, field + " is missing");
        }
        return value;
    }

    private DType dtype(String tensor) throws IOException {
        if (json.nextToken() != JsonToken.VALUE_STRING) {
            throw error(tensor, "dtype must be a string, found " + found());
        }
        String text = json.getText();
        for (DType known : DType.values()) {
            if (known.name().equals(text)) {
                return known;
            }
        }
        throw error(tensor, "unknown dtype " + Quoted.name(text) + "; known are " + List.of(DType.values()));
    }

    private List<Long> nonNegativeIntegers(String tensor, String field) throws IOException {
        if (json.nextToken() != JsonToken.START_ARRAY) {
            throw error(tensor, field + " must be an array, found " + found());
        }
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw error(tensor, field + " must hold whole numbers, found " + found());
            }
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw error(tensor, field + " holds a number of more than 64 bits");
            }
            long number = json.getLongValue();
            if (number < 0) {
                throw error(tensor, field + " must not be negative, found " + number);
            }
            numbers.add(number);
        }
        return numbers;
    }

    private String found() {
        JsonToken token = json.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT, END_OBJECT -> "an object";
            case START_ARRAY, END_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            default -> "null";
        };
    }

    private SafetensorsException error(String place, String what) {
        return new SafetensorsException(where + ": " + place + ": " + what);
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
