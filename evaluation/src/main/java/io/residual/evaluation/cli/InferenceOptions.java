package io.residual.evaluation.cli;

import io.residual.training.cli.DeviceOption;
import io.residual.training.device.DeviceChoice;
import io.residual.training.device.InferenceChoice;
import io.residual.training.network.InferencePrecision;
import picocli.CommandLine.Option;

/** The options of commands that run the model of a run on a device and in a precision of choice, a group of their help. */
public final class InferenceOptions extends ModelOptions {
    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda|cuda:N",
            defaultValue = "cpu",
            converter = DeviceOption.Converter.class,
            description =
                    "what to run the network on: the CPU, an NVIDIA GPU (the first, or that of a number from 0), or"
                            + " the first GPU if it can be used, else the CPU; a GPU takes seconds to start (default:"
                            + " ${DEFAULT-VALUE})")
    private DeviceChoice device = DeviceChoice.CPU;

    @Option(
            names = "--precision",
            paramLabel = "float32|bf16|int8",
            defaultValue = "float32",
            description =
                    "number format of weights and activations; int8 finds their ranges on training images of the run,"
                            + " once (default: ${DEFAULT-VALUE})")
    private InferencePrecision precision = InferencePrecision.FLOAT32;

    /** What runs the network, after parsing. */
    public InferenceChoice inference() {
        return new InferenceChoice(device, kernels(), precision);
    }
}
