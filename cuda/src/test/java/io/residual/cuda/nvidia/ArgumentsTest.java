package io.residual.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Pointer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void each_value_is_behind_its_address() {
        Pointer packed = new Pointer(new Arguments().pack(1L << 40, -7, 2.5f, 3));
        assertThat(packed.getPointer(0).getLong(0)).isEqualTo(1L << 40);
        assertThat(packed.getPointer(8).getInt(0)).isEqualTo(-7);
        assertThat(packed.getPointer(16).getFloat(0)).isEqualTo(2.5f);
        assertThat(packed.getPointer(24).getInt(0)).isEqualTo(3);
    }

    @Test
    void many_values_have_room() {
        Object[] values = IntStream.range(0, 100).mapToObj(Long::valueOf).toArray();
        Pointer packed = new Pointer(new Arguments().pack(values));
        assertThat(packed.getPointer(99 * 8).getLong(0)).isEqualTo(99);
        assertThat(packed.getPointer(0).getLong(0)).isZero();
    }

    @Test
    void a_double_is_refused() {
        assertThatThrownBy(() -> new Arguments().pack(1, 2.0))
                .hasMessage("Argument 1 is no Long, Integer or Float: 2.0");
    }
}
