package io.residual.evaluation.review;

import io.residual.data.ImageSet;
import io.residual.training.run.DecisionFile;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.LabelDecision.Verdict;
import io.residual.training.run.LabelDecisions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

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
                .map(item -> all.on(item.key()).stream()
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
     * Takes back the reviewer's last decision in force on one of the items.
     *
     * @return the item that it was on; empty if nothing was decided on any
     */
    OptionalInt undo() {
        List<LabelDecision> lines = file.decisions();
        // By identity: a decision that was undone may equal one that is in force.
        Set<LabelDecision> inForce = Collections.newSetFromMap(new IdentityHashMap<>());
        inForce.addAll(LabelDecisions.of(lines).inForce());
        List<LabelDecision.Key> keys = items.stream().map(ReviewItem::key).toList();
        for (int i = lines.size() - 1; i >= 0; i--) {
            LabelDecision line = lines.get(i);
            int number = keys.indexOf(line.key());
            if (number >= 0 && line.reviewer().equals(reviewer) && inForce.contains(line)) {
                decide(number, Verdict.UNDO, "");
                return OptionalInt.of(number);
            }
        }
        return OptionalInt.empty();
    }

    private Instant now() {
        return clock.get().truncatedTo(ChronoUnit.SECONDS);
    }
}
