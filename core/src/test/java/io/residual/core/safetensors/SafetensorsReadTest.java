package io.residual.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads what NumPy and PyTorch wrote: all-dtypes.safetensors, made by generate_dtypes.py beside it. */
class SafetensorsReadTest {
    private final SafetensorsFile file = SafetensorsFile.read(resource("all-dtypes.safetensors"));

    SafetensorsReadTest() throws Exception {}

    static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(SafetensorsReadTest.class.getResource(name), name)
                .toURI());
    }

    @Test
    void names_stand_in_the_order_of_the_data() {
        assertThat(file.names())
                .containsExactly(
                        "f64",
                        "i64",
                        "f32",
                        "i32",
                        "u32",
                        "half/f16",
                        "half/f16_as_f32",
                        "half/bf16",
                        "half/bf16_as_f32",
                        "i16",
                        "u16",
                        "i8",
                        "u8",
                        "bool",
                        "scalar",
                        "empty",
                        "größe \"ß\"\n\uD83D\uDE00");
    }

    @Test
    void metadata_are_read_with_their_escapes() {
        assertThat(file.metadata())
                .hasSize(3)
                .containsEntry("note", "ünïcode\t")
                .containsKeys("torch", "numpy");
    }

    @Test
    void floating_point_numbers_are_exact_to_the_bit() throws Exception {
        assertThat(file.tensor("f64").shape()).containsExactly(2L, 3L);
        assertThat(file.tensor("f64").doubles())
                .containsExactly(1e-300, -2.5, Math.PI, Double.POSITIVE_INFINITY, 0.1, -0.0);
        assertThat(file.floats("f32", 3, 1, 2))
                .containsExactly(0.1f, -1.5f, 3.4e38f, Float.MIN_VALUE, Float.NaN, Float.NEGATIVE_INFINITY);
        assertThat(file.floats("scalar")).containsExactly(6.25f);
        assertThat(file.floats("empty", 3, 0, 2)).isEmpty();
    }

    @Test
    void whole_numbers_keep_their_sign_or_have_none() throws Exception {
        assertThat(file.longs("i64", 2, 1)).containsExactly(Long.MIN_VALUE, Long.MAX_VALUE);
        assertThat(file.longs("i32", 3)).containsExactly(Integer.MIN_VALUE, 7, Integer.MAX_VALUE);
        assertThat(file.longs("u32", 2)).containsExactly(4294967295L, 5);
        assertThat(file.longs("i16", 2)).containsExactly(-32768, 12);
        assertThat(file.longs("u16", 2)).containsExactly(65535, 12);
        assertThat(file.longs("i8", 3)).containsExactly(-128, 127, 3);
        assertThat(file.longs("u8", 1, 3)).containsExactly(255, 0, 128);
        assertThat(file.longs("größe \"ß\"\n\uD83D\uDE00", 1)).containsExactly(42);
        assertThat(file.tensor("bool").booleans()).containsExactly(true, false, false, true, true);
    }

    @ParameterizedTest
    @CsvSource({"half/f16,9076", "half/bf16,9294"})
    void sixteen_bit_floats_widen_as_in_numpy_and_pytorch(String name, int least) throws Exception {
        float[] widened = file.tensor(name).floats();

        assertThat(widened).hasSizeGreaterThan(least);
        assertThat(bits(widened)).isEqualTo(bits(file.tensor(name + "_as_f32").floats()));
        assertThat(file.tensor(name).doubles()).hasSameSizeAs(widened).contains(widened[8000]);
    }

    @Test
    void an_array_has_the_tensors_shape_order_and_widened_type() throws Exception {
        INDArray floats = file.tensor("f32").toArray();
        assertThat(floats.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(floats.shape()).containsExactly(3, 1, 2);
        assertThat(floats.getFloat(1, 0, 0)).isEqualTo(3.4e38f);

        INDArray doubles = file.tensor("f64").toArray();
        assertThat(doubles.dataType()).isEqualTo(DataType.DOUBLE);
        assertThat(doubles.getDouble(0, 2)).isEqualTo(Math.PI);

        assertThat(file.tensor("half/bf16").toArray().dataType()).isEqualTo(DataType.FLOAT);
        assertThat(file.tensor("u8").toArray().getLong(0, 2)).isEqualTo(128);
        assertThat(file.tensor("bool").toArray().dataType()).isEqualTo(DataType.BOOL);
        assertThat(file.tensor("scalar").toArray().isScalar()).isTrue();
    }

    @Test
    void an_empty_tensor_makes_no_array() throws Exception {
        assertThatThrownBy(() -> file.tensor("empty").toArray())
                .isInstanceOf(SafetensorsException.class)
                .hasMessageEndingWith("tensor 'empty': shape [3, 0, 2] has no elements to make an array of");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    f64    | expected F32, F16 or BF16, found F64
                    i64    | expected F32, F16 or BF16, found I64
                    bool   | expected F32, F16 or BF16, found BOOL
                    """)
    void floats_refuses_what_it_would_have_to_round_or_guess(String name, String reason) {
        assertThatThrownBy(() -> file.tensor(name).floats())
                .isInstanceOf(SafetensorsException.class)
                .hasMessageEndingWith("all-dtypes.safetensors: tensor '" + name + "': " + reason);
    }

    @Test
    void a_wrong_type_is_refused_also_where_there_are_no_elements() {
        assertThatThrownBy(() -> file.longs("empty", 3, 0, 2))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageEndingWith("tensor 'empty': expected an integer type, found F32");
        assertThatThrownBy(() -> file.tensor("u8").booleans())
                .isInstanceOf(SafetensorsException.class)
                .hasMessageEndingWith("tensor 'u8': expected BOOL, found U8");
        assertThatThrownBy(() -> file.tensor("u8").doubles())
                .isInstanceOf(SafetensorsException.class)
                .hasMessageEndingWith("tensor 'u8': expected F64, F32, F16 or BF16, found U8");
    }

    @Test
    void a_wrong_shape_is_refused_with_both_shapes() {
        assertThatThrownBy(() -> file.floats("f32", 3, 2))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageEndingWith("tensor 'f32': expected shape [3, 2], found [3, 1, 2]");
    }

    @Test
    void an_unknown_name_is_refused() {
        assertThatThrownBy(() -> file.tensor("f3\u001b"))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageEndingWith("has no tensor 'f3\\u001B' among its 17");
    }

    @Test
    void the_bytes_cannot_be_changed() throws Exception {
        assertThat(file.tensor("f32").bytes().isReadOnly()).isTrue();
        assertThat(file.tensor("f32").bytes().getFloat(4)).isEqualTo(-1.5f);
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
