package io.residual.benchmark.report;

import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.rounds.Results;
import io.residual.benchmark.rounds.Results.TimedRun;
import io.residual.report.Numbers;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether the machine did something else during the measurements, which distorts them. */
record QuietCheck(Results results) {
    /** Share of the cores' time that other processes may take. */
    private static final double MAX_OTHER_SHARE = 0.03;

    /** Time of the known work, relative to its median over all measurements. */
    private static final double MAX_SLOWDOWN = 1.25;

    private static final int SHOWN = 10;

    /** A warning if there is something to warn of, or that there is not. */
    String markdown() {
        if (results.measured().isEmpty()) {
            return "";
        }
        List<TimedRun> disturbed =
                results.measured().stream().filter(this::isDisturbed).toList();
        if (disturbed.isEmpty()) {
            return String.format(
                    Locale.ROOT,
                    "The machine was quiet: beside a measurement other processes took at most %s of the cores, and a"
                            + " known piece of work at most %.2f times its median time.%n",
                    share(results.measured().stream()
                            .map(m -> m.background().otherShare())
                            .filter(Objects::nonNull)
                            .max(Double::compare)
                            .orElse(null)),
                    results.measured().stream()
                            .mapToDouble(this::slowdown)
                            .max()
                            .orElseThrow());
        }
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "**The machine was not quiet** during %d of %d measurements: other processes took more than %s of the"
                        + " cores, or a known piece of work took more than %.2f times its median time. Do not rely on"
                        + " ratios with these:%n%n",
                disturbed.size(),
                results.measured().size(),
                Numbers.percent(MAX_OTHER_SHARE, 0),
                MAX_SLOWDOWN));
        disturbed.stream().limit(SHOWN).forEach(m -> text.append(line(m)));
        if (disturbed.size() > SHOWN) {
            text.append("- and ").append(disturbed.size() - SHOWN).append(" more, see benchmark.json\n");
        }
        return text.toString();
    }

    private String line(TimedRun run) {
        return String.format(
                Locale.ROOT,
                "- round %d, %s %s, %s: others %s, known work x%.2f%n",
                run.round(),
                run.task().title(),
                run.setting().label(),
                run.contestant(),
                share(run.background().otherShare()),
                slowdown(run));
    }

    private boolean isDisturbed(TimedRun run) {
        Double others = run.background().otherShare();
        return (others != null && others > MAX_OTHER_SHARE) || slowdown(run) > MAX_SLOWDOWN;
    }

    private static String share(@Nullable Double share) {
        return share == null ? Numbers.NOT_AVAILABLE : Numbers.percent(share, 1);
    }

    private double slowdown(TimedRun run) {
        List<Double> all = results.measured().stream()
                .map(m -> m.background().knownWorkSeconds())
                .toList();
        return run.background().knownWorkSeconds() / Summary.of(all).median();
    }
}
