package io.residual.evaluation.metrics;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Means over classes, each class counting the same. A mean is taken over the classes for which the rate is defined, and
 * is empty if there is none: as scikit-learn from 1.3 on with {@code zero_division=np.nan}. (Its default puts 0 for an
 * undefined rate and divides by all classes, so its macro averages are lower where a class is never predicted or never
 * present.)
 */
public record MacroAverage(OptionalDouble precision, OptionalDouble recall, OptionalDouble f1) {
    static MacroAverage over(List<ClassMetrics> classes) {
        return new MacroAverage(
                mean(classes, ClassMetrics::precision),
                mean(classes, ClassMetrics::recall),
                mean(classes, ClassMetrics::f1));
    }

    private static OptionalDouble mean(List<ClassMetrics> classes, Function<ClassMetrics, OptionalDouble> rate) {
        return classes.stream()
                .map(rate)
                .flatMapToDouble(OptionalDouble::stream)
                .average();
    }
}
