package io.residual.laboratory.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.laboratory.claims.Depth;
import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.reports.Laboratory.Chapter;
import io.residual.laboratory.reports.Laboratory.ExperimentPlan;
import io.residual.training.cli.ProjectVersion;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code lab depth}. */
@Command(
        name = "depth",
        description =
                "Accuracy and loss by depth, for plain and residual twins (He et al. 2015, figure 6, on these images).",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        versionProvider = ProjectVersion.class)
public final class DepthCommand implements Callable<Integer> {
    private static final int PERIOD = 6;
    private static final int REST = 2;
    private static final int MIN_DEPTH = 8;

    @Option(
            names = "--depths",
            paramLabel = "DEPTH",
            split = ",",
            defaultValue = "8,14,20,32,56",
            description =
                    "weighted layers of the networks, 6n + 2, separated by commas; the last is compared with 20, or"
                            + " with the first if 20 is not among them (default: ${DEFAULT-VALUE})")
    private List<Integer> depths = List.of();

    @Mixin
    private LaboratoryOptions laboratory = new LaboratoryOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        List<Integer> sorted = depths.stream().distinct().sorted().toList();
        sorted.forEach(DepthCommand::require);
        if (sorted.size() < 2) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "--depths: expected at least two depths to compare, got " + sorted);
        }
        String typed = " --depths " + sorted.stream().map(String::valueOf).collect(Collectors.joining(","));
        ExperimentPlan plan = laboratory.plan(
                "Depth, with and without shortcuts",
                List.of(Chapter.ofClaim(
                        laboratory.withSeeds(experiment(sorted, laboratory.budget())),
                        "./residual lab depth" + typed + laboratory.asTyped())),
                List.of());
        return laboratory.run(plan, "depth", out).code();
    }

    /** Claim 1 in that budget, with other depths. */
    private static Depth experiment(List<Integer> depths, Budget budget) {
        Depth ofClaim = Depth.of(budget);
        int reference = depths.subList(0, depths.size() - 1).contains(ofClaim.reference())
                ? ofClaim.reference()
                : depths.get(0);
        return new Depth(depths, reference, ofClaim.epochs(), ofClaim.material(), ofClaim.seeds());
    }

    private static void require(int depth) {
        if (depth < MIN_DEPTH || depth % PERIOD != REST) {
            int below = Math.max(MIN_DEPTH, Math.floorDiv(depth - REST, PERIOD) * PERIOD + REST);
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "--depths: " + depth + " is not of the form 6n + 2: the nearest "
                            + (depth < MIN_DEPTH ? "is " + MIN_DEPTH : "are " + below + " and " + (below + PERIOD)));
        }
    }
}
