package io.residual.tuning.sweep;

import io.residual.training.config.Setting;
import io.residual.training.config.Settings;
import io.residual.training.config.TrainingSpec;
import io.residual.training.config.yaml.YamlFields;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.SearchSpace.Constraint;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A constraint of a sweep file: {@code PRODUCT OPERATOR PRODUCT}, such as {@code lowestRate < learningRate} or
 * {@code batchSize * width <= 4096}. A product is names of settings and numbers, with {@code *} between them. A setting has
 * the trial's value or, if it is not searched, the base's; in a trial in which a searched setting does not count, the
 * constraint holds.
 *
 * @param text as the file has it
 */
record ConstraintExpression(String text, List<String> left, Operator operator, List<String> right) {
    private static final Pattern GRAMMAR = Pattern.compile("\\s*([^<>=!]+?)\\s*(<=|>=|<|>|==|!=)\\s*([^<>=!]+?)\\s*");

    enum Operator {
        LT("<"),
        LE("<="),
        GT(">"),
        GE(">="),
        EQ("=="),
        NE("!=");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        static Operator of(String sign) {
            return Stream.of(values())
                    .filter(o -> o.sign.equals(sign))
                    .findFirst()
                    .orElseThrow();
        }

        boolean holds(double a, double b) {
            return switch (this) {
                case LT -> a < b;
                case LE -> a <= b;
                case GT -> a > b;
                case GE -> a >= b;
                case EQ -> a == b;
                case NE -> a != b;
            };
        }
    }

    /** @throws IllegalArgumentException that says what is wrong with the text */
    static ConstraintExpression parse(String text) {
        Matcher parts = GRAMMAR.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "expected a comparison such as lowestRate < learningRate, got \"" + text + "\"");
        }
        return new ConstraintExpression(
                text, factors(parts.group(1)), Operator.of(parts.group(2)), factors(parts.group(3)));
    }

    private static List<String> factors(String product) {
        List<String> factors =
                Stream.of(product.split("\\*", -1)).map(String::strip).toList();
        for (String factor : factors) {
            if (YamlFields.number(factor).isEmpty() && Settings.named(factor).isEmpty()) {
                throw new IllegalArgumentException(Settings.unknown(factor));
            }
        }
        return factors;
    }

    /**
     * The constraint of a space.
     *
     * @param searched names of the settings that trials choose
     * @throws IllegalArgumentException if a setting that is compared has no number
     */
    Constraint over(TrainingSpec base, List<String> searched) {
        for (String factor : Stream.concat(left.stream(), right.stream()).toList()) {
            if (!searched.contains(factor) && fixed(factor, base).isEmpty()) {
                throw new IllegalArgumentException("\"" + text + "\": " + factor + " is no number");
            }
        }
        return new Constraint(text, assignment -> {
            OptionalDouble a = product(left, assignment, base, searched);
            OptionalDouble b = product(right, assignment, base, searched);
            return a.isEmpty() || b.isEmpty() || operator.holds(a.getAsDouble(), b.getAsDouble());
        });
    }

    private static OptionalDouble product(
            List<String> factors, Assignment assignment, TrainingSpec base, List<String> searched) {
        double product = 1;
        for (String factor : factors) {
            OptionalDouble value = searched.contains(factor)
                    ? assignment
                            .value(factor)
                            .map(v -> YamlFields.number(v.toString()))
                            .orElse(OptionalDouble.empty())
                    : fixed(factor, base);
            if (value.isEmpty()) {
                return value;
            }
            product *= value.getAsDouble();
        }
        return OptionalDouble.of(product);
    }

    private static OptionalDouble fixed(String factor, TrainingSpec base) {
        Optional<Setting> setting = Settings.named(factor);
        return YamlFields.number(setting.isPresent() ? setting.get().text(base) : factor);
    }
}
