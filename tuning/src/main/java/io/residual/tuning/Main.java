package io.residual.tuning;

import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.DeviceOption;
import io.residual.tuning.trials.SubprocessExecutor;
import io.residual.tuning.trials.TrialBackend;
import io.residual.tuning.trials.TrialExecutor;
import io.residual.tuning.trials.WorkerResources;
import java.nio.file.Path;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;

/** The command {@code tune} on this machine: each trial is a process. */
public final class Main extends TuneCommand {
    @Mixin
    private DeviceOption device = new DeviceOption();

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    protected TrialBackend backend(OptionalInt workers, Path directory) {
        device.requireAlone();
        int count = workers.orElse(1);
        return new Processes(count, new SubprocessExecutor(WorkerResources.forThisMachine(count), device.arguments()));
    }

    private record Processes(int workers, TrialExecutor executor) implements TrialBackend {
        @Override
        public void close() {}
    }
}
