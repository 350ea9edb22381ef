package io.residual.training.cli;

import io.residual.training.device.DeviceChoice;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option {@code --device} of commands that train. */
public final class DeviceOption {
    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda|cuda:N",
            defaultValue = "auto",
            converter = Converter.class,
            description = "what to train on: the CPU, an NVIDIA GPU (the first, or that of a number from 0), or the first"
                    + " GPU if it can be used, else the CPU; a run goes on where it was begun (default:"
                    + " ${DEFAULT-VALUE})")
    private DeviceChoice choice = DeviceChoice.AUTO;

    /** The choice, after parsing. */
    public DeviceChoice choice() {
        return choice;
    }

    /** Whether a GPU is asked for. */
    boolean asksForGpu() {
        return choice.kind() == DeviceChoice.Kind.CUDA;
    }

    static final class Converter implements ITypeConverter<DeviceChoice> {
        @Override
        public DeviceChoice convert(String text) {
            try {
                return DeviceChoice.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
