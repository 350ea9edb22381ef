package io.residual.evaluation.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.run.LabelDecision;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code labels} for what people decide on suspect labels. */
public final class ReviewOptions {
    /** The heading of the group. */
    public static final String HEADING = "%nReview:%n";

    @Option(
            names = "--review",
            description = "show a page on this machine to review the suspects at, and save each decision in"
                    + " decisions-REVIEWER.jsonl of --dir (default: only report them)")
    private boolean review;

    @Option(names = "--reviewer", paramLabel = "NAME", description = "who reviews (default: the user of this system)")
    private @Nullable String reviewer;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "port of the page on 127.0.0.1, 0 for a free one (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--merge",
            paramLabel = "FILE.jsonl",
            split = ",",
            description =
                    "only merge the decisions of several reviewers into decisions.jsonl of --dir, and print how far"
                            + " they agree (default: look for suspects)")
    private @Nullable List<Path> merge;

    @Option(
            names = "--export-clean",
            paramLabel = "DIR",
            description =
                    "only write a copy of the data with the labels of --label-decisions (default: look for suspects)")
    private @Nullable Path clean;

    @Option(
            names = "--report",
            description = "only train networks with --label-decisions and without, and report what the decisions change"
                    + " (default: look for suspects)")
    private boolean report;

    @Option(
            names = "--seeds",
            paramLabel = "SEEDS",
            defaultValue = "3",
            description = "number of networks of --report, from --seed on, with the decisions and without (default:"
                    + " ${DEFAULT-VALUE})")
    private int seeds;

    /** Whether to report what decisions change. */
    public boolean report() {
        return report;
    }

    /** How many networks to train for that. */
    public int seeds() {
        if (seeds < 1) {
            throw new ResidualException(Kind.BAD_SETTING, "--seeds: expected a number of at least 1, got " + seeds);
        }
        return seeds;
    }

    /** Whether to show the page, after parsing. */
    public boolean review() {
        return review;
    }

    /** What to do in place of looking for suspects, if anything: at most one. */
    public void requireOne() {
        if (Stream.of(review ? "" : null, report ? "" : null, merge, clean)
                        .filter(Objects::nonNull)
                        .count()
                > 1) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "--review, --report, --merge and --export-clean: give one of them at a time");
        }
    }

    /** Who reviews. */
    public String reviewer() {
        String name = reviewer == null ? System.getProperty("user.name", "") : reviewer;
        if (!LabelDecision.isReviewer(name)) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "--reviewer: expected up to 64 letters, digits and spaces, got \"" + name + "\"");
        }
        return name;
    }

    /** Where the page is. */
    public int port() {
        return Ports.require(port);
    }

    /** Files to merge; empty if that is not asked for. */
    public List<Path> merge() {
        return merge == null ? List.of() : List.copyOf(merge);
    }

    /** Directory of a cleaned copy. */
    public Optional<Path> clean() {
        return Optional.ofNullable(clean);
    }
}
