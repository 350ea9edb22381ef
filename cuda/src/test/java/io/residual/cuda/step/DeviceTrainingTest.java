package io.residual.cuda.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.cuda.check.CheckPrograms;
import io.residual.cuda.check.GradientCheck;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.HostDevice;
import io.residual.program.Program;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps on the stand-in for a GPU, against the interpreter in double precision. */
class DeviceTrainingTest {
    /** Single precision, sums in double: measured 4e-6. */
    private static final double SINGLE = 2e-5;

    private static GradientCheck.Errors errors(
            String network, int images, Format format, HostDevice.Order order, HostDevice.Side side) {
        Program program = CheckPrograms.read(network);
        try (Device device = new HostDevice(order, side)) {
            return new GradientCheck(program, images, 1).run(device, format);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18-width8-28px, 6, F32",
        "resnet18-width8-28px, 6, TF32",
        "resnet20-width4-28px, 6, F32",
        "resnet20-width4-28px, 6, TF32",
        "resnet20, 2, F32",
        "bottleneck17, 6, F32",
        "preactivation20, 6, F32"
    })
    void gradients_and_running_statistics_are_the_interpreter_s(String network, int images, Format format) {
        GradientCheck.Errors errors =
                errors(network, images, format, HostDevice.Order.FORWARDS, HostDevice.Side.AT_ONCE);

        assertThat(errors.loss()).isLessThan(1e-6);
        assertThat(errors.worst()).isLessThan(SINGLE);
    }

    /** Numbers of 8 bits flip many ReLUs of networks whose weights are random: only the typical gradient is close. */
    @ParameterizedTest
    @CsvSource({"resnet18-width8-28px, 0.06", "resnet20-width4-28px, 0.1"})
    void gradients_of_bf16_are_near(String network, double bound) {
        GradientCheck.Errors errors =
                errors(network, 16, Format.BF16, HostDevice.Order.FORWARDS, HostDevice.Side.AT_ONCE);

        assertThat(errors.loss()).isLessThan(5e-3);
        assertThat(errors.median()).isLessThan(bound);
    }

    @Test
    void neither_the_order_of_blocks_nor_late_work_on_the_side_changes_anything() {
        GradientCheck.Errors usual =
                errors("resnet20", 2, Format.F32, HostDevice.Order.FORWARDS, HostDevice.Side.AT_ONCE);

        assertThat(errors("resnet20", 2, Format.F32, HostDevice.Order.RANDOM, HostDevice.Side.LATE))
                .isEqualTo(usual);
    }
}
