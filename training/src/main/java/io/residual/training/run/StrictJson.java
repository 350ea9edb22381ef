package io.residual.training.run;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Records as JSON: all names must be there, once, with values of their types; no name chooses a class. A component of type {@link
 * OptionalDouble} may be null or missing: earlier releases did not write it.
 */
public final class StrictJson {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .annotationIntrospector(new AllButOptional())
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addSerializer(OptionalDouble.class, new NullIfEmpty())
                    .addDeserializer(OptionalDouble.class, new EmptyIfNull())
                    .addDeserializer(Instant.class, new InstantText()))
            .build();

    /** Jackson's own message, which goes on to explain its features. */
    private static final Pattern MISSING = Pattern.compile("^Missing (?:required )?creator property '(\\w+)'");

    private StrictJson() {}

    /** A record, a list or a map on one line, without a line end. */
    public static String line(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON for " + value.getClass(), e);
        }
    }

    /** A record or a tree of JSON on several lines, with a line end. */
    public static String pretty(Object value) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON for " + value.getClass(), e);
        }
    }

    /**
     * The record that a text is the JSON of.
     *
     * @throws IllegalArgumentException if the text is not the JSON of such a record; the message is one line
     */
    public static <T extends Record> T read(String json, Class<T> type) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new IllegalArgumentException("expected an object, got null");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(reason(e), e);
        }
    }

    /**
     * The records of a text with the JSON of one on each line.
     *
     * @throws IllegalArgumentException if one is not the JSON of such a record; the message is one line, with its number
     */
    public static <T extends Record> List<T> readLines(InputStream text, Class<T> type) throws IOException {
        List<T> values = new ArrayList<>();
        try (MappingIterator<T> lines = MAPPER.readerFor(type).readValues(text)) {
            while (lines.hasNextValue()) {
                values.add(Objects.requireNonNullElseGet(lines.nextValue(), () -> {
                    throw new IllegalArgumentException("expected objects, got null");
                }));
            }
            return values;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("line " + e.getLocation().getLineNr() + ": " + reason(e), e);
        }
    }

    /**
     * The values of an object in their order: whole numbers are of type Long.
     *
     * @throws IllegalArgumentException if the text is no object; the message is one line
     */
    public static Map<String, Object> readMap(String json) {
        try {
            Map<String, Object> values = MAPPER.readerFor(new TypeReference<LinkedHashMap<String, Object>>() {})
                    .with(DeserializationFeature.USE_LONG_FOR_INTS)
                    .readValue(json);
            if (values == null) {
                throw new IllegalArgumentException("expected an object, got null");
            }
            return values;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(reason(e), e);
        }
    }

    private static String reason(JsonProcessingException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "unknown name \"" + unknown.getPropertyName() + "\"";
        }
        Throwable cause = e instanceof JsonMappingException && e.getCause() instanceof IllegalArgumentException
                ? e.getCause()
                : null;
        String message = cause == null ? e.getOriginalMessage() : cause.getMessage();
        String line = String.valueOf(message).lines().findFirst().orElse("not valid");
        Matcher missing = MISSING.matcher(line);
        if (missing.find()) {
            return "\"" + missing.group(1) + "\" is missing";
        }
        return cause == null && e instanceof MismatchedInputException mismatch && line.contains("`")
                ? ofType(mismatch)
                : line;
    }

    /** Jackson names the class; a reader of the file knows only its place in it. */
    private static String ofType(MismatchedInputException mismatch) {
        String place = mismatch.getPath().stream()
                .map(step -> step.getFieldName() == null ? String.valueOf(step.getIndex()) : step.getFieldName())
                .collect(Collectors.joining("."));
        return (place.isEmpty() ? "" : "\"" + place + "\": ") + "expected " + describe(mismatch.getTargetType());
    }

    private static String describe(@Nullable Class<?> type) {
        if (type == null || type.isRecord() || Map.class.isAssignableFrom(type)) {
            return "an object";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "an array";
        }
        if (type == String.class || type == Instant.class) {
            return "a text";
        }
        return type == boolean.class ? "true or false" : "a number";
    }

    private static final class NullIfEmpty extends StdSerializer<OptionalDouble> {
        private static final long serialVersionUID = 1;

        NullIfEmpty() {
            super(OptionalDouble.class);
        }

        @Override
        public void serialize(OptionalDouble value, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            if (value.isPresent()) {
                json.writeNumber(value.getAsDouble());
            } else {
                json.writeNull();
            }
        }
    }

    /** All components must be there but those that may be empty. */
    private static final class AllButOptional extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasRequiredMarker(AnnotatedMember member) {
            return member.getRawType() != OptionalDouble.class;
        }
    }

    private static final class EmptyIfNull extends StdDeserializer<OptionalDouble> {
        private static final long serialVersionUID = 1;

        EmptyIfNull() {
            super(OptionalDouble.class);
        }

        @Override
        public OptionalDouble deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return parser.hasToken(JsonToken.VALUE_NUMBER_FLOAT) || parser.hasToken(JsonToken.VALUE_NUMBER_INT)
                    ? OptionalDouble.of(parser.getDoubleValue())
                    : (OptionalDouble) context.handleUnexpectedToken(OptionalDouble.class, parser);
        }

        @Override
        public OptionalDouble getNullValue(DeserializationContext context) {
            return OptionalDouble.empty();
        }
    }

    private static final class InstantText extends StdDeserializer<Instant> {
        private static final long serialVersionUID = 1;

        InstantText() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getValueAsString("");
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                throw JsonMappingException.from(
                        parser, "expected a time such as 2026-01-31T23:59:59Z, got \"" + text + "\"", e);
            }
        }
    }
}
