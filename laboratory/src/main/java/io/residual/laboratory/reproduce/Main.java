package io.residual.laboratory.reproduce;

import io.residual.laboratory.cli.LaboratoryOptions;
import io.residual.laboratory.reproduce.PresetVerdict.EvaluatedRun;
import io.residual.training.Trainer;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.DeviceOption;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.OutputFile;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.config.Preset;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code reproduce}. */
@Command(
        name = "reproduce",
        description =
                "Trains a preset with several seeds and checks whether its accuracy on the test images reaches the"
                        + " published one; or tests claims about residual networks by experiment, and shows for each"
                        + " whether it is confirmed. Reuses finished trainings and resumes interrupted ones.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "PRESET",
            description = "a built-in preset with a published result, or ladder: all presets whose names start with"
                    + " ladder-, each training a command of its own whose seconds count (default: none, test claims)")
    private @Nullable String name;

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            description = "directory of a preset's runs, seed-1, seed-2 and so on (default: runs/reproduce-PRESET), or"
                    + " of the ladder's (default: runs/ladder)")
    private @Nullable Path runs;

    @ArgGroup(validate = false, heading = "%nClaims:%n")
    private Claims claims = new Claims();

    private static final String LADDER = "ladder";

    private static final class Claims {
        @Option(names = "--all", description = "test every claim (default: those given by --claim)")
        private boolean all;

        @Option(
                names = "--claim",
                paramLabel = "NUMBER",
                description = "test this claim; may be given several times (default: none)")
        private List<Integer> numbers = List.of();
    }

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private LaboratoryOptions laboratory = new LaboratoryOptions();

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        CommandSpec parsed = Objects.requireNonNull(command);
        PrintWriter out = parsed.commandLine().getOut();
        if ((name == null ? 0 : 1) + (claims.all ? 1 : 0) + (claims.numbers.isEmpty() ? 0 : 1) != 1) {
            throw new ParameterException(
                    parsed.commandLine(),
                    "name one of a preset, such as speedrun, --all, and --claim, such as --claim 3");
        }
        if (name == null) {
            device.requireAbsent("give a preset: the experiments of claims are computed on the CPU");
        }
        if (LADDER.equals(name)) {
            device.requireAbsent("the seconds of the ladder are those of the CPU");
            return ladder(out).code();
        }
        device.requireAlone();
        return (name == null
                        ? ClaimExperiments.run(claims.numbers, laboratory, out)
                        : preset(
                                Preset.named(name),
                                parsed.commandLine().getParseResult().originalArgs(),
                                out))
                .code();
    }

    private ExitStatus preset(Preset preset, List<String> arguments, PrintWriter out) {
        ExpectedAccuracy band = ExpectedAccuracy.of(preset);
        int count = laboratory.seeds().orElse(band.seeds());
        Path directory = runs == null ? Path.of("runs", "reproduce-" + preset.name()) : runs;
        Optional<List<EvaluatedRun>> evaluated = Reproduction.of(
                device.on(Trainer.of(preset)).kernels(laboratory.kernels()).arguments(arguments), count, directory);
        if (evaluated.isEmpty()) {
            return ExitStatus.INTERRUPTED;
        }
        PresetVerdict verdict = new PresetVerdict(preset.name(), band, evaluated.get());
        out.print(verdict.toText());
        OutputFile.write(directory.resolve("verdict.txt"), verdict.toText(), "is it writable?");
        return verdict.passes() ? ExitStatus.OK : ExitStatus.NOT_REPRODUCED;
    }

    private ExitStatus ladder(PrintWriter out) {
        Path directory = runs == null ? Path.of("runs", LADDER) : runs;
        Optional<List<Ladder.Rung>> rungs =
                new Ladder(Ladder.builtIn(), directory, laboratory.kernels()).climb(laboratory.seeds(), out);
        if (rungs.isEmpty()) {
            out.println("Finished trainings are saved in " + directory + ". Resume with the same command.");
            return ExitStatus.INTERRUPTED;
        }
        out.println("Table and chart: " + directory.resolve("ladder.md") + ", " + directory.resolve("ladder.svg"));
        return rungs.get().stream().allMatch(rung -> rung.verdict().passes())
                ? ExitStatus.OK
                : ExitStatus.NOT_REPRODUCED;
    }
}
