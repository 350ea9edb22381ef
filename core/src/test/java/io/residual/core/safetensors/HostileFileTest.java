package io.residual.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HostileFileTest {
    private static final String A = "{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";

    @TempDir
    private Path folder;

    /** Header (' stands for "), bytes of data, the message after the file's name. */
    static Stream<Arguments> faults() {
        String json = "the header is not JSON (character ";
        return Stream.of(
                Arguments.of("", 0, "the header: expected a JSON object, found nothing"),
                Arguments.of("[]", 0, "the header: expected a JSON object, found an array"),
                Arguments.of("'a'", 0, "the header: expected a JSON object, found a string"),
                Arguments.of(
                        "{'a':" + A + "}x",
                        8,
                        json + "54): Unrecognized token 'x': was expecting (JSON String, "
                                + "Number, Array, Object or token 'null', 'true' or 'false')"),
                Arguments.of("{'a':" + A + "} {}", 8, "the header: something follows its JSON object: an object"),
                Arguments.of("{'a':" + A, 8, "the JSON of the header ends too early"),
                Arguments.of("{'a':" + A + ",'a':" + A + "}", 8, "tensor 'a': the name is duplicated"),
                Arguments.of("{'a':{'dtype':'F32','dtype':'F32'}}", 8, "tensor 'a': dtype is duplicated"),
                Arguments.of("{'a':{'shape':[2],'shape':[2]}}", 8, "tensor 'a': shape is duplicated"),
                Arguments.of(
                        "{'a':{'data_offsets':[],'data_offsets':[]}}", 8, "tensor 'a': data_offsets is duplicated"),
                Arguments.of("{'__metadata__':{},'__metadata__':{}}", 0, "__metadata__: the field is duplicated"),
                Arguments.of("{'__metadata__':{'k':'v','k':'w'}}", 0, "__metadata__: the key 'k' is duplicated"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':[[[2]]],'data_offsets':[0,8]}}",
                        8,
                        "tensor 'a': shape must hold whole numbers, found an array"),
                Arguments.of(
                        "{'__metadata__':{'k':{'l':'m'}}}",
                        0,
                        "__metadata__: the value of 'k' must be a string, found an object"),
                Arguments.of(
                        "{'a':{'shape':[" + "1".repeat(1001) + "]}}",
                        0,
                        "the header is not JSON: Number value length (1001) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMaxNumberLength()`)"),
                Arguments.of("[".repeat(200_000), 0, "the header: expected a JSON object, found an array"),
                Arguments.of("{'a':".repeat(200_000), 0, "tensor 'a': unknown field 'a'"),
                Arguments.of(
                        "{'a':[]}",
                        0,
                        "tensor 'a': expected an object with dtype, shape and data_offsets, found an array"),
                Arguments.of(
                        "{'a':null}",
                        0,
                        "tensor 'a': expected an object with dtype, shape and data_offsets, found null"),
                Arguments.of("{'a':{}}", 0, "tensor 'a': data_offsets is missing"),
                Arguments.of("{'a':{'shape':[2],'data_offsets':[0,8]}}", 8, "tensor 'a': dtype is missing"),
                Arguments.of("{'a':{'dtype':'F32','data_offsets':[0,8]}}", 8, "tensor 'a': shape is missing"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}}",
                        8,
                        "tensor 'a': unknown field 'x'"),
                Arguments.of("{'a':{'dtype':3}}", 0, "tensor 'a': dtype must be a string, found a number"),
                Arguments.of(
                        "{'a':{'dtype':'F31','shape':[2],'data_offsets':[0,8]}}",
                        8,
                        "tensor 'a': unknown dtype 'F31'; known are "
                                + "[BOOL, U8, I8, I16, U16, F16, BF16, I32, U32, F32, F64, I64]"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':2}}", 8, "tensor 'a': shape must be an array, found a number"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':['2']}}",
                        8,
                        "tensor 'a': shape must hold whole numbers, found a string"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':[2.0]}}",
                        8,
                        "tensor 'a': shape must hold whole numbers, found a number"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':[-2]}}", 8, "tensor 'a': shape must not be negative, found -2"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':[9223372036854775808]}}",
                        8,
                        "tensor 'a': shape holds a number of more than 64 bits"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}}",
                        8,
                        "tensor 'a': shape [4294967296, 4294967296] overflows: its size is no 64-bit number"),
                Arguments.of(
                        "{'a':{'dtype':'F64','shape':[2305843009213693952],'data_offsets':[0,8]}}",
                        8,
                        "tensor 'a': shape [2305843009213693952] overflows: its size is no 64-bit number"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}",
                        8,
                        "tensor 'a': data_offsets [8, 0] are reversed"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}",
                        8,
                        "tensor 'a': data_offsets must not be negative, found -8"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,16]}}",
                        8,
                        "tensor 'a': data_offsets must be two numbers, found 3"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
                        7,
                        "tensor 'a': data_offsets [0, 8] reach past the 7 bytes of data in the file. Is it cut off?"),
                Arguments.of(
                        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}",
                        8,
                        "tensor 'a': shape [3] of F32 needs 12 bytes, but data_offsets [0, 8] hold 8"),
                Arguments.of(
                        "{'a':" + A + ",'b':{'dtype':'U8','shape':[6],'data_offsets':[4,10]}}",
                        10,
                        "tensor 'b': data_offsets [4, 10] overlap tensor 'a', which ends at 8"),
                Arguments.of(
                        "{'a':" + A + ",'b':" + A + "}",
                        8,
                        "tensor 'b': data_offsets [0, 8] overlap tensor 'a', which ends at 8"),
                Arguments.of(
                        "{'a':" + A + ",'b':{'dtype':'U8','shape':[6],'data_offsets':[9,15]}}",
                        15,
                        "tensor 'b': data_offsets [9, 15] leave a hole: the bytes [8, 9] before it belong to no tensor"),
                Arguments.of(
                        "{'a':" + A + "}",
                        11,
                        "the tensors end at byte 8 of the data, but 11 bytes of data follow "
                                + "the header: the last 3 belong to no tensor"),
                Arguments.of(
                        "{}",
                        1,
                        "the tensors end at byte 0 of the data, but 1 bytes of data follow the header: "
                                + "the last 1 belong to no tensor"),
                Arguments.of("{'__metadata__':'x'}", 0, "__metadata__: expected an object of strings, found a string"),
                Arguments.of(
                        "{'__metadata__':{'k':7}}",
                        0,
                        "__metadata__: the value of 'k' must be a string, found a number"),
                Arguments.of(
                        "{'__metadata__':{'k':null}}",
                        0,
                        "__metadata__: the value of 'k' must be a string, found null"),
                Arguments.of(
                        "\uFEFF{'a':" + A + "}",
                        8,
                        json + "0): Unexpected character ('\uFEFF' (code 65279 / 0xfeff)): "
                                + "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void a_faulty_header_is_rejected_with_one_line_that_says_what_and_where(String header, int data, String message)
            throws Exception {
        Path file = RawFile.write(folder.resolve("w.safetensors"), header.replace('\'', '"'), data);

        assertThatThrownBy(() -> SafetensorsFile.read(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessage(file + ": " + message);
    }

    @Test
    void a_file_shorter_than_the_length_field_is_rejected() throws Exception {
        Path file = Files.write(folder.resolve("w"), new byte[7]);

        assertThatThrownBy(() -> SafetensorsFile.read(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessage(file + ": the file has 7 bytes; a safetensors file starts with the 8 bytes of its header's "
                        + "length");
    }

    @ParameterizedTest
    @CsvSource({"-1,18446744073709551615", "100000001,100000001", "9223372036854775807,9223372036854775807"})
    void a_header_length_over_the_cap_is_rejected_before_anything_is_allocated(long length, String stated)
            throws Exception {
        Path file = RawFile.write(folder.resolve("w"), length, "{}".getBytes(StandardCharsets.UTF_8), 0);

        assertThatThrownBy(() -> SafetensorsFile.read(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessage(file + ": the header's length is " + stated
                        + " bytes, the format allows 100000000. Is this a safetensors file?");
    }

    @Test
    void a_header_that_reaches_past_the_end_of_the_file_is_rejected() throws Exception {
        Path file = RawFile.write(folder.resolve("w"), 100_000_000, "{}".getBytes(StandardCharsets.UTF_8), 3);

        assertThatThrownBy(() -> SafetensorsFile.read(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessage(file
                        + ": the header's length is 100000000 bytes, but only 5 follow in the file. Is it cut off?");
    }

    @Test
    void a_header_that_is_not_utf8_is_rejected() throws Exception {
        Path file = RawFile.write(folder.resolve("w"), 4, new byte[] {'{', (byte) 0xC3, '"', '}'}, 0);

        assertThatThrownBy(() -> SafetensorsFile.read(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessage(file + ": the header is not UTF-8");
    }

    @Test
    void a_header_in_another_encoding_of_json_is_rejected() throws Exception {
        byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
        Path file = RawFile.write(folder.resolve("w"), utf16.length, utf16, 0);

        assertThatThrownBy(() -> SafetensorsFile.read(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining("the header is not JSON");
    }

    @Test
    void a_name_with_control_characters_reaches_no_terminal_and_a_long_one_is_cut() throws Exception {
        String name = "\\u001b[31m" + "n".repeat(5000);
        Path file = RawFile.write(folder.resolve("w"), "{\"" + name + "\":1}", 0);

        assertThatThrownBy(() -> SafetensorsFile.read(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageStartingWith(file + ": tensor '\\u001B[31mnnn")
                .hasMessageEndingWith("nnn...': expected an object with dtype, shape and data_offsets, found a number");
    }

    @Test
    void a_bool_of_another_byte_is_rejected_when_it_is_read() throws Exception {
        String header = "{\"m\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}";
        Path file = RawFile.write(folder.resolve("w"), header, 2);

        assertThatThrownBy(() -> SafetensorsFile.read(file).tensor("m").booleans())
                .isInstanceOf(SafetensorsException.class)
                .hasMessage(file + ": tensor 'm': element 1 is not a BOOL: its byte is 2");
    }

    @Test
    void an_array_of_more_axes_than_nd4j_has_is_rejected() throws Exception {
        String header = "{\"m\":{\"dtype\":\"U8\",\"shape\":[" + "1,".repeat(32) + "1],\"data_offsets\":[0,1]}}";
        Path file = RawFile.write(folder.resolve("w"), header, 1);

        assertThatThrownBy(() -> SafetensorsFile.read(file).tensor("m").toArray())
                .isInstanceOf(SafetensorsException.class)
                .hasMessage(file + ": tensor 'm': an array has at most 32 axes, found 33");
    }

    @Test
    void a_missing_file_is_not_called_faulty() {
        assertThatThrownBy(() -> SafetensorsFile.read(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void a_file_without_tensors_is_valid() throws Exception {
        assertThat(SafetensorsFile.read(RawFile.write(folder.resolve("w"), "{}      ", 0))
                        .names())
                .isEmpty();
    }

    @Test
    void tensors_without_elements_may_share_an_offset() throws Exception {
        String empty = "{\"dtype\":\"F32\",\"shape\":[0,9],\"data_offsets\":[8,8]}";
        String header = "{\"x\":" + empty + ",\"a\":" + A.replace('\'', '"') + ",\"y\":" + empty + "}";

        assertThat(SafetensorsFile.read(RawFile.write(folder.resolve("w"), header, 8))
                        .names())
                .containsExactly("a", "x", "y");
    }
}
