package io.residual.tuning;

import io.residual.training.cli.CommandRunner;
import io.residual.tuning.trials.SubprocessExecutor;
import io.residual.tuning.trials.TrialBackend;
import io.residual.tuning.trials.TrialExecutor;
import io.residual.tuning.trials.WorkerResources;
import java.nio.file.Path;
import java.util.OptionalInt;

/** The command {@code tune} on this machine: each trial is a process. */
public final class Main extends TuneCommand {
    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    protected TrialBackend backend(OptionalInt workers, Path directory) {
        int count = workers.orElse(1);
        return new Processes(count, new SubprocessExecutor(WorkerResources.forThisMachine(count)));
    }

    private record Processes(int workers, TrialExecutor executor) implements TrialBackend {
        @Override
        public void close() {}
    }
}
