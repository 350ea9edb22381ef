package io.residual.evaluation.metrics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.training.metrics.ConfusionMatrix;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The results of one evaluation, as text for people and as JSON for programs.
 *
 * @param classNames one name for each class, in their order, none blank or duplicate
 * @param confusion the counts
 * @param loss the mean cross entropy in nats; empty if only predictions are known
 * @param topAccuracies the share of examples whose true class is among the k most likely, with rising k
 */
public record ClassificationReport(
        List<String> classNames, ConfusionMatrix confusion, OptionalDouble loss, List<TopAccuracy> topAccuracies) {
    private static final int FEW_CLASSES = 10;

    /**
     * A top-k accuracy.
     *
     * @param k at least 1
     * @param accuracy in [0, 1]
     */
    public record TopAccuracy(int k, double accuracy) {
        public TopAccuracy {
            if (k < 1 || !(accuracy >= 0 && accuracy <= 1)) {
                throw new IllegalArgumentException("not a top-k accuracy: " + accuracy + " for k = " + k);
            }
        }
    }

    public ClassificationReport {
        classNames = List.copyOf(classNames);
        topAccuracies = List.copyOf(topAccuracies);
        if (classNames.size() != confusion.classes()) {
            throw new IllegalArgumentException(
                    classNames.size() + " names do not match " + confusion.classes() + " classes");
        }
        if (classNames.stream().anyMatch(String::isBlank) || new HashSet<>(classNames).size() != classNames.size()) {
            throw new IllegalArgumentException("a class name is blank or duplicate: " + classNames);
        }
        if (loss.isPresent() && !(loss.getAsDouble() >= 0)) {
            throw new IllegalArgumentException("the loss must not be negative, found " + loss.getAsDouble());
        }
        var byK = new TreeMap<Integer, TopAccuracy>();
        topAccuracies.forEach(top -> byK.put(top.k(), top));
        if (!List.copyOf(byK.values()).equals(topAccuracies)) {
            throw new IllegalArgumentException("the top-k accuracies must be in rising order of k: " + topAccuracies);
        }
    }

    /**
     * Reports on probabilities, with the top-2 and top-3 accuracy where there are more classes than that.
     *
     * @throws IllegalArgumentException if the scores are no probabilities, or the names do not match
     */
    public static ClassificationReport ofProbabilities(List<String> classNames, Scores probabilities) {
        List<TopAccuracy> tops = List.of(2, 3).stream()
                .filter(k -> k < probabilities.classes())
                .map(k -> new TopAccuracy(k, probabilities.topAccuracy(k)))
                .toList();
        return new ClassificationReport(
                classNames,
                probabilities.confusion(),
                OptionalDouble.of(probabilities.crossEntropyOfProbabilities()),
                tops);
    }

    /** Returns the 95 % interval of the accuracy; empty if there are no examples. */
    public Optional<WilsonInterval> accuracyInterval() {
        return confusion.total() == 0
                ? Optional.empty()
                : Optional.of(WilsonInterval.of(confusion.correct(), confusion.total()));
    }

    /** Whether Matthews' correlation is shown: with many classes it is all but the accuracy. */
    public boolean hasFewClasses() {
        return confusion.classes() <= FEW_CLASSES;
    }

    /** Returns tables of at most 100 columns, lines ended by {@code \n}. */
    public String toText() {
        return new ReportText(this).toString();
    }

    /** Returns the same and the unrounded numbers; an undefined one is {@code null}. */
    public ObjectNode toJson() {
        return ReportJson.of(this);
    }
}
