package io.residual.evaluation.review;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.training.run.DecisionFile;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.LabelDecision.Verdict;
import io.residual.training.run.LabelDecisions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * One reviewer's decisions on suspect labels, saved as they are made. Decisions of an earlier session count. Not safe for use
 * by several threads.
 *
 * @param items the suspects, in the order to look at them; at least one
 * @param training images to show similar ones of
 * @param file of this reviewer
 * @param reviewer see {@link LabelDecision#isReviewer}
 * @param clock the time of a decision
 */
public record ReviewSession(
        List<ReviewItem> items, ImageSet training, DecisionFile file, String reviewer, Supplier<Instant> clock) {
    public ReviewSession {
        items = List.copyOf(items);
        if (items.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to review");
        }
    }

    /** What was decided on each item; empty where nothing was. */
    List<Optional<LabelDecision>> decisions() {
        LabelDecisions all = LabelDecisions.of(file.decisions());
        return items.stream()
                .map(item -> all.on(item.part(), item.images().sha256(item.index()), item.label()).stream()
                        .filter(decision -> decision.reviewer().equals(reviewer))
                        .findFirst())
                .toList();
    }

    /**
     * Decides, and saves the decision.
     *
     * @param after class of the label from now on; only a relabelling needs it
     * @throws IllegalArgumentException if the class is none, or the one that the image has
     */
    void decide(int number, Verdict verdict, String after) {
        ReviewItem item = items.get(number);
        if (verdict == Verdict.RELABEL && !item.images().classNames().contains(after)) {
            throw new IllegalArgumentException("\"" + after + "\" is none of the classes");
        }
        String label = switch (verdict) {
            case RELABEL -> after;
            case DROP -> "";
            case KEEP, UNSURE, UNDO -> item.label();
        };
        file.add(item.decision(verdict, label, reviewer, now()));
    }

    /**
     * Takes the reviewer's last decision back.
     *
     * @return the item that it was on, if it is among these; empty if nothing was decided or the item is none of these
     */
    OptionalInt undo() {
        List<LabelDecision> left = new ArrayList<>();
        for (LabelDecision line : file.decisions()) {
            if (!line.reviewer().equals(reviewer)) {
                continue;
            }
            if (line.verdict() == Verdict.UNDO) {
                removeLastOn(line, left);
            } else {
                left.add(line);
            }
        }
        if (left.isEmpty()) {
            return OptionalInt.empty();
        }
        LabelDecision last = left.get(left.size() - 1);
        file.add(new LabelDecision(
                last.part(), last.name(), last.sha256(), last.before(), last.before(), Verdict.UNDO, reviewer, now()));
        return IntStream.range(0, items.size())
                .filter(i -> isOn(
                        last,
                        items.get(i).part(),
                        items.get(i).images().sha256(items.get(i).index())))
                .findFirst();
    }

    private static void removeLastOn(LabelDecision undo, List<LabelDecision> made) {
        for (int i = made.size() - 1; i >= 0; i--) {
            if (isOn(made.get(i), undo.part(), undo.sha256())
                    && made.get(i).before().equals(undo.before())) {
                made.remove(i);
                return;
            }
        }
    }

    private static boolean isOn(LabelDecision decision, Split part, String sha256) {
        return decision.part() == part && decision.sha256().equals(sha256);
    }

    private Instant now() {
        return clock.get().truncatedTo(ChronoUnit.SECONDS);
    }
}
