package io.residual.laboratory;

import io.residual.laboratory.cli.DepthCommand;
import io.residual.laboratory.cli.GradientsCommand;
import io.residual.laboratory.cli.LandscapeCommand;
import io.residual.laboratory.cli.ThousandCommand;
import io.residual.laboratory.cli.TourCommand;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ProjectVersion;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code lab}, each of whose subcommands is an experiment. */
@Command(
        name = "lab",
        description = "Shows by experiment why residual networks train.",
        subcommands = {
            GradientsCommand.class,
            LandscapeCommand.class,
            DepthCommand.class,
            ThousandCommand.class,
            TourCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        CommandSpec parsed = Objects.requireNonNull(command);
        throw new ParameterException(
                parsed.commandLine(),
                "no experiment given: choose one of "
                        + String.join(", ", parsed.subcommands().keySet()));
    }
}
