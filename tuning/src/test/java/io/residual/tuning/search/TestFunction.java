package io.residual.tuning.search;

import io.residual.tuning.search.Dimension.Categorical;
import io.residual.tuning.search.Dimension.IntUniform;
import io.residual.tuning.search.Dimension.LogUniform;
import io.residual.tuning.search.Dimension.Uniform;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Functions with known minima, the same as in {@code generate_optuna_regret.py}. */
@SuppressWarnings("ImmutableEnumChecker") // a search space is immutable unless a constraint is not
enum TestFunction {
    /** Two real variables, three global minima. */
    BRANIN(
            SearchSpace.of(Parameter.of("x", new Uniform(-5, 10)), Parameter.of("y", new Uniform(0, 15))),
            0.397887357729739) {
        @Override
        double value(Assignment at) {
            double x = at.number("x");
            double a = at.number("y") - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
            return a * a + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
        }
    },

    /** Six real variables, six local minima. */
    HARTMANN6(
            new SearchSpace(
                    IntStream.range(0, 6)
                            .mapToObj(i -> Parameter.of("x" + i, new Uniform(0, 1)))
                            .toList(),
                    List.of()),
            -3.32236801141551) {
        private static final double[][] A = {
            {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}
        };
        private static final double[][] P = {
            {0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
            {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
            {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
            {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}
        };
        private static final double[] C = {1, 1.2, 3, 3.2};

        @Override
        double value(Assignment at) {
            double sum = 0;
            for (int i = 0; i < C.length; i++) {
                double distance = 0;
                for (int j = 0; j < 6; j++) {
                    double d = at.number("x" + j) - P[i][j];
                    distance += A[i][j] * d * d;
                }
                sum -= C[i] * Math.exp(-distance);
            }
            return sum;
        }
    },

    /** Real, whole and categorical variables, most of which exist for some values of others only. */
    CONDITIONAL(
            SearchSpace.of(
                    Parameter.of("rate", new LogUniform(1e-5, 1)),
                    Parameter.of("model", new Categorical(List.of("linear", "tree", "deep"))),
                    Parameter.of("depth", new IntUniform(1, 12, 1)).onlyIf("model", Set.of("tree")),
                    Parameter.of("width", new IntUniform(16, 256, 16)).onlyIf("model", Set.of("deep")),
                    Parameter.of("schedule", new Categorical(List.of("constant", "cosine")))
                            .onlyIf("model", Set.of("deep")),
                    Parameter.of("lowestRate", new LogUniform(1e-6, 1e-2)).onlyIf("schedule", Set.of("cosine"))),
            0) {
        @Override
        double value(Assignment at) {
            double loss = 0.4 * square(Math.log10(at.number("rate")) + 2.5);
            return switch (at.choice("model")) {
                case "linear" -> loss + 1;
                case "tree" -> loss + 0.4 + 0.05 * square(at.number("depth") - 7);
                default ->
                    loss
                            + 0.3 * square((at.number("width") - 176) / 64.0)
                            + (at.has("lowestRate") ? 0.1 * square(Math.log10(at.number("lowestRate")) + 4) : 0.2);
            };
        }
    };

    private final SearchSpace space;
    private final double minimum;

    TestFunction(SearchSpace space, double minimum) {
        this.space = space;
        this.minimum = minimum;
    }

    SearchSpace space() {
        return space;
    }

    abstract double value(Assignment at);

    /** How far a value is above the least one. */
    double regret(double value) {
        return value - minimum;
    }

    private static double square(double x) {
        return x * x;
    }
}
