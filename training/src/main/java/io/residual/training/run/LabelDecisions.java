package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.Sha256;
import io.residual.data.ClassNames;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.training.run.LabelDecision.Verdict;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one or several reviewers on the labels of a data set. What a reviewer decided last on an image is in force,
 * unless it was undone. Reviewers who are unsure contradict nobody.
 */
public final class LabelDecisions {
    /** The name of their digest among those of the images that they have changed. */
    public static final String DIGEST = "label-decisions";

    /** A run's copy of the decisions that it was trained with. */
    static final String FILE = "label-decisions.jsonl";

    private static final int MAX_NAMED = 5;

    private final List<LabelDecision> lines;
    /** Of each image, a decision of each reviewer. */
    private final Map<LabelDecision.Key, Map<String, LabelDecision>> inForce;

    private LabelDecisions(List<LabelDecision> lines) {
        this.lines = List.copyOf(lines);
        Map<LabelDecision.Key, Map<String, Deque<LabelDecision>>> stacks = new LinkedHashMap<>();
        for (LabelDecision line : lines) {
            Deque<LabelDecision> stack = stacks.computeIfAbsent(line.key(), key -> new LinkedHashMap<>())
                    .computeIfAbsent(line.reviewer(), reviewer -> new ArrayDeque<>());
            if (line.verdict() != Verdict.UNDO) {
                stack.push(line);
            } else if (!stack.isEmpty()) {
                stack.pop();
            }
        }
        this.inForce = new LinkedHashMap<>();
        stacks.forEach((key, reviewers) -> reviewers.forEach((reviewer, stack) -> {
            if (!stack.isEmpty()) {
                inForce.computeIfAbsent(key, any -> new LinkedHashMap<>()).put(reviewer, stack.element());
            }
        }));
    }

    /** Decisions in the order in which they were made. */
    public static LabelDecisions of(List<LabelDecision> lines) {
        return new LabelDecisions(lines);
    }

    /**
     * The decisions of several files, in the order of their times.
     *
     * @throws ResidualException of kind BAD_DATA if a file cannot be read, or a line is no decision
     */
    public static LabelDecisions read(List<Path> files) {
        return of(files.stream()
                .flatMap(file -> DecisionFile.read(file).stream())
                .sorted(Comparator.comparing(LabelDecision::at))
                .toList());
    }

    /**
     * The decisions of a file, without contradictions.
     *
     * @throws ResidualException of kind BAD_DATA that lists the images on which reviewers contradict each other
     */
    public static LabelDecisions read(Path file) {
        LabelDecisions decisions = of(DecisionFile.read(file));
        decisions.requireAgreement(file.toString());
        return decisions;
    }

    /** Every decision that was made, undone or not, as a file has them. */
    public String text() {
        return DecisionFile.text(lines);
    }

    /** The decisions in force, of all reviewers. */
    public List<LabelDecision> inForce() {
        return inForce.values().stream()
                .flatMap(reviewers -> reviewers.values().stream())
                .toList();
    }

    /** The decisions in force on one image, one for each reviewer. */
    public List<LabelDecision> on(LabelDecision.Key image) {
        return List.copyOf(inForce.getOrDefault(image, Map.of()).values());
    }

    /** What is to be done about each image: the decision of one of those who are sure, or that nobody is. */
    public List<LabelDecision> agreed() {
        return inForce.values().stream().map(LabelDecisions::agreed).toList();
    }

    private static LabelDecision agreed(Map<String, LabelDecision> reviewers) {
        return sure(reviewers)
                .findFirst()
                .orElseGet(() -> reviewers.values().iterator().next());
    }

    private static Stream<LabelDecision> sure(Map<String, LabelDecision> reviewers) {
        return reviewers.values().stream().filter(decision -> decision.verdict() != Verdict.UNSURE);
    }

    /** A line for each image on which reviewers contradict each other. */
    public List<String> contradictions() {
        return inForce.values().stream()
                .filter(reviewers ->
                        sure(reviewers).map(LabelDecision::outcome).distinct().count() > 1)
                .map(reviewers -> reviewers.values().iterator().next().name() + ": "
                        + sure(reviewers)
                                .map(decision -> decision.reviewer() + " says " + decision.outcome())
                                .collect(Collectors.joining(", ")))
                .toList();
    }

    /**
     * Refuses contradictions.
     *
     * @param where the decisions are, for the message
     * @throws ResidualException of kind BAD_DATA that lists the images on which reviewers contradict each other
     */
    public void requireAgreement(String where) {
        List<String> found = contradictions();
        if (!found.isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    where + ": " + count(found.size(), "image has", "images have")
                            + " contradictory decisions: one of the reviewers must decide again, or undo.\n"
                            + String.join("\n", found));
        }
    }

    private static String count(int number, String one, String several) {
        return number + " " + (number == 1 ? one : several);
    }

    /** As in "46 relabelled, 2 dropped, 1 kept, 1 unsure": images of a part. */
    public String summary(Split part) {
        Map<Verdict, Long> counts = agreed().stream()
                .filter(decision -> decision.part() == part)
                .collect(Collectors.groupingBy(LabelDecision::verdict, Collectors.counting()));
        return String.format(
                Locale.ROOT,
                "%,d relabelled, %,d dropped, %,d kept, %,d unsure",
                counts.getOrDefault(Verdict.RELABEL, 0L),
                counts.getOrDefault(Verdict.DROP, 0L),
                counts.getOrDefault(Verdict.KEEP, 0L),
                counts.getOrDefault(Verdict.UNSURE, 0L));
    }

    /** Digest of what changes training images, whoever decided it and when: 64 lower-case hexadecimal digits. */
    public String sha256() {
        return Sha256.of(agreed().stream()
                .filter(decision -> decision.part() == Split.TRAIN)
                .filter(decision -> decision.verdict() == Verdict.RELABEL || decision.verdict() == Verdict.DROP)
                .map(decision -> decision.sha256() + " " + decision.before() + " -> " + decision.after() + "\n")
                .sorted()
                .collect(Collectors.joining()));
    }

    /**
     * The images of a part with the labels that were decided, without those that were dropped.
     *
     * @param part whose decisions count
     * @throws ResidualException of kind BAD_DATA if a label was decided that is no class of theirs
     */
    public ImageSet apply(ImageSet images, Split part) {
        int[] labels = new int[images.size()];
        IntStream.Builder kept = IntStream.builder();
        for (int i = 0; i < labels.length; i++) {
            Optional<LabelDecision> decision = decision(images, i, part);
            labels[i] = label(images, i, decision);
            if (decision.filter(made -> made.verdict() == Verdict.DROP).isEmpty()) {
                kept.add(i);
            }
        }
        return images.withLabels(labels).subset(kept.build().toArray());
    }

    /** What is to be done about an image that has the label of the data, if anybody has looked at it. */
    public Optional<LabelDecision> decision(ImageSet images, int index, Split part) {
        LabelDecision.Key key = new LabelDecision.Key(
                part, images.sha256(index), images.classNames().get(images.label(index)));
        return Optional.ofNullable(inForce.get(key)).map(LabelDecisions::agreed);
    }

    /**
     * The label of an image after what was decided about it.
     *
     * @throws ResidualException of kind BAD_DATA if that is no class of the images
     */
    public static int label(ImageSet images, int index, Optional<LabelDecision> decision) {
        return decision.filter(made -> made.verdict() == Verdict.RELABEL)
                .map(made -> label(made, images.classNames()))
                .orElseGet(() -> images.label(index));
    }

    private static int label(LabelDecision decision, List<String> classes) {
        int label = ClassNames.indexOf(classes, decision.after());
        if (label < 0) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    decision.name() + ": was relabelled " + decision.after() + ", which is none of the classes "
                            + String.join(", ", classes));
        }
        return label;
    }

    /**
     * Makes sure that decisions were made on these images.
     *
     * @param part of the decisions
     * @param where the decisions and the images are, for the message, as in "a.jsonl" and "/data"
     * @throws ResidualException of kind BAD_DATA that names images with both digests
     */
    public void requireMadeOn(ImageSet images, Split part, Map.Entry<String, String> where) {
        Map<String, Set<String>> labels = new HashMap<>();
        Map<String, String> byName = new HashMap<>();
        for (int i = 0; i < images.size(); i++) {
            labels.computeIfAbsent(images.sha256(i), sha256 -> new TreeSet<>())
                    .add(images.classNames().get(images.label(i)));
            byName.put(ClassNames.canonical(images.name(i)), images.sha256(i));
        }
        List<String> others = new ArrayList<>();
        for (LabelDecision decision : agreed()) {
            Set<String> now = labels.getOrDefault(decision.sha256(), Set.of());
            // Who has moved the file to the class that was decided has done the same.
            if (decision.part() != part || now.contains(decision.before()) || now.contains(decision.after())) {
                continue;
            }
            others.add(
                    now.isEmpty()
                            ? decision.name() + " had SHA-256 " + decision.sha256() + ", "
                                    + digestNow(images, byName.get(ClassNames.canonical(decision.name())))
                            : decision.name() + " was labelled " + decision.before() + ", is labelled "
                                    + String.join(" and ", now) + " now");
        }
        if (!others.isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    where.getKey() + ": " + count(others.size(), "decision was", "decisions were")
                            + " made on other images than those of " + where.getValue() + ": "
                            + String.join("; ", others.subList(0, Math.min(MAX_NAMED, others.size())))
                            + (others.size() > MAX_NAMED ? "; ..." : "")
                            + ": name the images that were reviewed, or the decisions on these");
        }
    }

    private static String digestNow(ImageSet images, @Nullable String sha256) {
        return sha256 == null
                ? "and no image has this name in the data with SHA-256 "
                        + String.join(", ", images.digests().values())
                : "has " + sha256 + " now";
    }
}
