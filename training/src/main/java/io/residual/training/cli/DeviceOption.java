package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.device.DeviceChoice;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** The option {@code --device} of commands that train. */
public final class DeviceOption {
    private static final List<String> OF_CPU = List.of("--kernels", "--memory", "--dry-run", "--find-learning-rate");

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda|cuda:N",
            defaultValue = "auto",
            converter = Converter.class,
            description =
                    "what to train on: the CPU, an NVIDIA GPU (the first, or that of a number from 0), or the first"
                            + " GPU if it can be used, else the CPU; a run resumes where it was started (default:"
                            + " ${DEFAULT-VALUE})")
    private DeviceChoice choice = DeviceChoice.AUTO;

    /** The choice, after parsing. */
    public DeviceChoice choice() {
        return choice;
    }

    /**
     * Refuses options that a GPU has no use for beside one that asks for a GPU.
     *
     * @throws ResidualException of kind BAD_SETTING that names them
     */
    void requireAlone(CommandSpec parsed) {
        ParseResult result = parsed.commandLine().getParseResult();
        String others = Stream.concat(
                        OF_CPU.stream().filter(result::hasMatchedOption),
                        Stream.of(ForecastOptions.BATCH_SIZE + " auto")
                                .filter(option -> ForecastOptions.findsBatchSize(parsed)))
                .collect(Collectors.joining(", "));
        if (choice.kind() == DeviceChoice.Kind.CUDA && !others.isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_SETTING, others + ": for the CPU alone: leave out either that or --device " + choice);
        }
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
