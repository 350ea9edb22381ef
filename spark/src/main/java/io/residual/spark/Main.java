package io.residual.spark;

import io.residual.spark.labels.LabelsCommand;
import io.residual.spark.predict.PredictCommand;
import io.residual.spark.sweep.SweepCommand;
import io.residual.spark.training.TrainCommand;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** The commands that have {@code --spark}: what {@code ./residual} and {@code spark-submit} start. */
public final class Main {
    private static final Map<String, Supplier<Callable<Integer>>> COMMANDS = new TreeMap<>(Map.of(
            "labels", LabelsCommand::new,
            "predict", PredictCommand::new,
            "train", TrainCommand::new,
            "tune", SweepCommand::new));

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        Supplier<Callable<Integer>> command = args.length == 0 ? null : COMMANDS.get(args[0]);
        if (command == null) {
            System.err.println("error: give one of the commands that work on a cluster first: "
                    + String.join(", ", COMMANDS.keySet()));
            return ExitStatus.USAGE.code();
        }
        return CommandRunner.run(command.get(), Arrays.copyOfRange(args, 1, args.length));
    }
}
