package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.cuda.nvidia.Determinism;
import io.residual.training.Trainer;
import io.residual.training.device.DeviceChoice;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The option {@code --device} of commands that train. */
public final class DeviceOption {
    private static final String DEVICE = "--device";
    private static final String DETERMINISTIC = "--deterministic";
    private static final List<String> OF_CPU = List.of("--kernels", "--memory", "--dry-run", "--find-learning-rate");

    @Option(
            names = DEVICE,
            paramLabel = "auto|cpu|cuda|cuda:N",
            defaultValue = "auto",
            converter = Converter.class,
            description =
                    "what to train on: the CPU, an NVIDIA GPU (the first, or that of a number from 0), or the first"
                            + " GPU if it can be used, else the CPU; a run resumes where it was started (default:"
                            + " ${DEFAULT-VALUE})")
    private DeviceChoice choice = DeviceChoice.AUTO;

    @Option(
            names = DETERMINISTIC,
            paramLabel = "true|false",
            arity = "1",
            defaultValue = "true",
            description = "on a GPU, use only algorithms whose results are the same bits in every run; false uses the"
                    + " fastest (default: ${DEFAULT-VALUE})")
    private boolean deterministic = true;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** What is given to a process that trains: its arguments. */
    public List<String> arguments() {
        List<String> device = List.of(DEVICE, choice.toString());
        return deterministic
                ? device
                : Stream.concat(device.stream(), Stream.of(DETERMINISTIC, "false"))
                        .toList();
    }

    /** The trainer, on what is chosen. */
    public Trainer on(Trainer trainer) {
        return trainer.device(choice).determinism(deterministic ? Determinism.DETERMINISTIC : Determinism.ANY);
    }

    /**
     * Refuses options that the device which is asked for has no use for.
     *
     * @throws ResidualException of kind BAD_SETTING that names them
     */
    public void requireAlone() {
        CommandSpec parsed = Objects.requireNonNull(command);
        ParseResult result = parsed.commandLine().getParseResult();
        if (choice.kind() == DeviceChoice.Kind.CPU && result.hasMatchedOption(DETERMINISTIC)) {
            throw new ResidualException(
                    Kind.BAD_SETTING, DETERMINISTIC + ": for a GPU alone: leave out either that or --device cpu");
        }
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

    /**
     * Refuses these options where nothing is trained on a device.
     *
     * @throws ResidualException of kind BAD_SETTING that names one
     */
    public void requireAbsent(String reason) {
        ParseResult result = Objects.requireNonNull(command).commandLine().getParseResult();
        for (String option : List.of(DEVICE, DETERMINISTIC)) {
            if (result.hasMatchedOption(option)) {
                throw new ResidualException(Kind.BAD_SETTING, option + ": " + reason);
            }
        }
    }

    /** Reads a choice, for options of other commands too. */
    public static final class Converter implements ITypeConverter<DeviceChoice> {
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
