package io.residual.tuning;

import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.console.CommandRunner;
import io.residual.training.console.ProjectVersion;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The command {@code tune}, which does not exist yet and says so. */
@Command(
        name = "tune",
        description = "Will search for learning rates and schedules; this version has no sweeps yet.",
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        throw new CommandException(
                ExitStatus.USAGE,
                "this version has no sweeps yet: vary a value by hand, such as ./residual train --learning-rate 0.1");
    }
}
