package io.residual.cuda.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.Flavour;
import io.residual.core.graph.PyTorchBatchNorm;
import io.residual.core.graph.ResNetGraph;
import io.residual.cuda.check.GradientCheck;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.HostDevice;
import io.residual.program.Program;
import io.residual.program.ProgramReader;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.NoOp;

class DeviceTrainingTest {
    private static Program program(ResNetSpec spec) throws UnsupportedNetworkException {
        ImageShape input = spec.input();
        return ProgramReader.read(
                ResNetGraph.configuration(spec, new NoOp(), 1),
                InputType.convolutional(input.height(), input.width(), input.channels()),
                PyTorchBatchNorm.class::isInstance);
    }

    private static Program book(int width) throws UnsupportedNetworkException {
        return program(ResNetSpec.resNet(18, Flavour.BOOK)
                .withWidth(width)
                .withInput(new ImageShape(1, 28, 28))
                .withClasses(10));
    }

    @Test
    void gradients_are_the_interpreter_s() throws Exception {
        try (Device device = new HostDevice()) {
            GradientCheck.Errors errors = new GradientCheck(book(8), 8, 1).run(device, Format.TF32);
            System.out.println(errors);
            assertThat(errors.loss()).isLessThan(1e-6);
            assertThat(errors.worst()).isLessThan(2e-5);
        }
    }
}
