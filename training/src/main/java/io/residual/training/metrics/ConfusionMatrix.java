package io.residual.training.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/** How often each actual class was predicted as each class: rows are actual, columns predicted. Immutable. */
public final class ConfusionMatrix {
    private final long[][] counts;

    /** How often one class was taken for another. */
    public record Confusion(int actual, int predicted, long count) {}

    private ConfusionMatrix(long[][] counts) {
        this.counts = counts;
    }

    /**
     * Counts predictions.
     *
     * @param classes how many classes there are
     * @param actual the classes of the examples, each in [0, classes)
     * @param predicted the predicted classes of the same examples, each in [0, classes)
     * @throws IllegalArgumentException if the lengths differ or a class is out of range
     */
    public static ConfusionMatrix ofLabels(int classes, int[] actual, int[] predicted) {
        if (classes < 1) {
            throw new IllegalArgumentException("there must be at least one class, found " + classes);
        }
        if (actual.length != predicted.length) {
            throw new IllegalArgumentException(
                    actual.length + " actual classes do not match " + predicted.length + " predicted ones");
        }
        long[][] counts = new long[classes][classes];
        for (int i = 0; i < actual.length; i++) {
            requireClass(classes, actual[i], "actual", i);
            requireClass(classes, predicted[i], "predicted", i);
            counts[actual[i]][predicted[i]]++;
        }
        return new ConfusionMatrix(counts);
    }

    private static void requireClass(int classes, int found, String role, int example) {
        if (found < 0 || found >= classes) {
            throw new IllegalArgumentException("the " + role + " class of example " + example + " is " + found
                    + ", expected one in [0, " + classes + ")");
        }
    }

    /** Returns the sum of this matrix and one of the same classes. */
    public ConfusionMatrix plus(ConfusionMatrix other) {
        if (other.classes() != classes()) {
            throw new IllegalArgumentException(
                    "a matrix of " + classes() + " classes cannot be added to one of " + other.classes());
        }
        long[][] sum = new long[classes()][classes()];
        for (int actual = 0; actual < sum.length; actual++) {
            for (int predicted = 0; predicted < sum.length; predicted++) {
                sum[actual][predicted] = Math.addExact(counts[actual][predicted], other.counts[actual][predicted]);
            }
        }
        return new ConfusionMatrix(sum);
    }

    public int classes() {
        return counts.length;
    }

    /** Returns how many examples of one class were predicted as another or the same. */
    public long count(int actual, int predicted) {
        return counts[actual][predicted];
    }

    /** Returns how many examples are of a class: the sum of its row. */
    public long support(int actual) {
        return Arrays.stream(counts[actual]).sum();
    }

    /** Returns how many examples were predicted as a class: the sum of its column. */
    public long predicted(int predicted) {
        return Arrays.stream(counts).mapToLong(row -> row[predicted]).sum();
    }

    public long total() {
        return IntStream.range(0, classes()).mapToLong(this::support).sum();
    }

    /** Returns how many predictions are right: the sum of the diagonal. */
    public long correct() {
        return IntStream.range(0, classes()).mapToLong(c -> counts[c][c]).sum();
    }

    /** Returns the most frequent confusions, the most frequent first, of equals the lower class; those that never occur are not among them. */
    public List<Confusion> mostConfused(int limit) {
        return IntStream.range(0, classes() * classes())
                .mapToObj(i -> new Confusion(i / classes(), i % classes(), counts[i / classes()][i % classes()]))
                .filter(one -> one.actual() != one.predicted() && one.count() > 0)
                .sorted(Comparator.comparingLong(Confusion::count).reversed())
                .limit(limit)
                .toList();
    }

    /** Returns the share of right predictions; empty if there are no examples. */
    public OptionalDouble accuracy() {
        return ClassMetrics.ratio(correct(), total());
    }

    public ClassMetrics metrics(int ofClass) {
        return ClassMetrics.of(counts[ofClass][ofClass], predicted(ofClass), support(ofClass));
    }

    /**
     * Returns the unweighted mean of each rate over the classes for which it is defined, empty if there is none, with the
     * support of all: as scikit-learn from 1.3 on with {@code zero_division=np.nan}. (Its default puts 0 for an undefined
     * rate and divides by all classes, so its macro averages are lower if a class is never predicted or never present.)
     */
    public ClassMetrics macroAverage() {
        return new ClassMetrics(
                total(), mean(ClassMetrics::precision), mean(ClassMetrics::recall), mean(ClassMetrics::f1));
    }

    /** Returns the mean recall of the classes that are present; empty if there are no examples. */
    public OptionalDouble balancedAccuracy() {
        return macroAverage().recall();
    }

    /**
     * Returns the correlation of actual and predicted classes, in [-1, 1]: Matthews' coefficient, for several classes as Gorodkin
     * 2004 defines it. Empty if all examples are of one class or all are predicted as one, where scikit-learn puts 0.
     */
    public OptionalDouble matthews() {
        double total = total();
        double expected = 0;
        double actual = 0;
        double predicted = 0;
        for (int c = 0; c < classes(); c++) {
            double isActual = support(c) / total;
            double isPredicted = predicted(c) / total;
            expected += isActual * isPredicted;
            actual += isActual * isActual;
            predicted += isPredicted * isPredicted;
        }
        boolean varies = mostFrequent(this::support) < total() && mostFrequent(this::predicted) < total();
        return varies
                ? OptionalDouble.of((correct() / total - expected) / Math.sqrt((1 - actual) * (1 - predicted)))
                : OptionalDouble.empty();
    }

    private long mostFrequent(IntToLongFunction count) {
        return IntStream.range(0, classes()).mapToLong(count).max().orElseThrow();
    }

    private OptionalDouble mean(Function<ClassMetrics, OptionalDouble> rate) {
        return allMetrics().stream()
                .map(rate)
                .flatMapToDouble(OptionalDouble::stream)
                .average();
    }

    /** Returns the metrics of all classes, by class. */
    public List<ClassMetrics> allMetrics() {
        return IntStream.range(0, classes()).mapToObj(this::metrics).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConfusionMatrix that && Arrays.deepEquals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(counts);
    }

    /** Returns the counts, one row in brackets for each actual class. */
    @Override
    public String toString() {
        return Arrays.deepToString(counts);
    }
}
