package io.residual.tuning.search;

import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TruncatedNormalDistribution;

/**
 * One distribution of a parameter for each of its observed values, narrow around the value, and last the prior, which is
 * wide.
 */
sealed interface KernelDensities {
    /** A value of a kernel. */
    Object sample(int kernel, UniformRandomProvider random);

    /**
     * Adds the logarithms of some kernels' densities at a place to what is there.
     *
     * @param from the first of the kernels
     * @param to the one after the last
     * @param sums one for each kernel, of which others stay as they are
     */
    void addLogDensities(double place, int from, int to, double[] sums);

    /**
     * Draws an index as often as its probability says.
     *
     * @param probabilities with sum 1
     */
    static int draw(double[] probabilities, UniformRandomProvider random) {
        double left = random.nextDouble();
        for (int i = 0; i < probabilities.length - 1; i++) {
            left -= probabilities[i];
            if (left < 0) {
                return i;
            }
        }
        return probabilities.length - 1;
    }

    /**
     * The kernels of a parameter.
     *
     * @param observed places of its values, in the order of the trials
     * @param parameters how many are estimated together
     */
    static KernelDensities of(Dimension dimension, double[] observed, int parameters) {
        if (dimension instanceof Dimension.Categorical categorical) {
            return new Categorical(categorical, observed);
        }
        Kernels kernels = new Kernels((Dimension.Numeric) dimension, observed, parameters);
        return kernels.dimension.spacing() == 0 ? new Real(kernels) : new Whole(kernels);
    }

    /** Normal distributions, cut off at the ends of the range, of which all but the prior have the same deviation. */
    final class Kernels {
        /** Share of the range that is the deviation of a single kernel (Optuna's {@code SIGMA0_MAGNITUDE}). */
        private static final double MAGNITUDE = 0.2;
        /** No kernel is narrower than this share of the range (Bergstra et al. 2011, section 4.2). */
        private static final double NARROWEST = 0.01;

        private final Dimension.Numeric dimension;
        private final double low;
        private final double high;
        /** Observed values. */
        private final int count;
        /** Of each kernel. */
        private final double[] means;

        private final double deviation;
        /** An observed value's kernel, and the prior, as if their means were 0. */
        private final NormalDistribution kernel;

        private final NormalDistribution prior;

        Kernels(Dimension.Numeric dimension, double[] observed, int parameters) {
            this.dimension = dimension;
            low = dimension.lowest();
            high = dimension.highest();
            count = observed.length;
            means = Arrays.copyOf(observed, count + 1);
            means[count] = 0.5 * (low + high);
            // Scott's rule, as in BOHB (Falkner et al. 2018, section 3.2)
            double scott = MAGNITUDE * Math.pow(Math.max(count, 1), -1.0 / (parameters + 4));
            double narrowest = Math.max(NARROWEST, 1.0 / (count + 2));
            deviation = (high - low) * Math.min(Math.max(scott, narrowest), 1);
            kernel = NormalDistribution.of(0, deviation);
            prior = NormalDistribution.of(0, high - low);
        }

        Object sample(int index, UniformRandomProvider random) {
            return dimension.nearest(
                    TruncatedNormalDistribution.of(means[index], index < count ? deviation : high - low, low, high)
                            .inverseCumulativeProbability(random.nextDouble()));
        }

        /** Logarithm of the mass that is not cut off. */
        double logMass(int index) {
            return logMass(index < count ? kernel : prior, low - means[index], high - means[index]);
        }

        static double logMass(NormalDistribution distribution, double from, double to) {
            return Math.log(distribution.probability(from, to));
        }
    }

    /** Densities of real numbers. */
    final class Real implements KernelDensities {
        private static final double LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

        private final Kernels kernels;
        private final double[] logMasses;

        Real(Kernels kernels) {
            this.kernels = kernels;
            logMasses = new double[kernels.count + 1];
            Arrays.setAll(logMasses, kernels::logMass);
        }

        @Override
        public Object sample(int kernel, UniformRandomProvider random) {
            return kernels.sample(kernel, random);
        }

        @Override
        public void addLogDensities(double place, int from, int to, double[] sums) {
            add(place, kernels.deviation, from, Math.min(to, kernels.count), sums);
            add(place, kernels.high - kernels.low, Math.max(from, kernels.count), to, sums);
        }

        private void add(double place, double deviation, int from, int to, double[] sums) {
            double[] means = kernels.means;
            for (int i = from; i < to; i++) {
                double standardised = (place - means[i]) / deviation;
                sums[i] += -0.5 * standardised * standardised - LOG_ROOT_TWO_PI - logMasses[i];
            }
        }
    }

    /** Probabilities of values with a spacing: the mass around each of them. */
    final class Whole implements KernelDensities {
        private final Kernels kernels;
        /** Where the observed values are, in spacings above the lowest. */
        private final long[] steps;

        private final double[] logMasses;
        /** Logarithms of an observed value's mass around values so many spacings away. */
        private final Memo logNear;

        private final double spacing;

        Whole(Kernels kernels) {
            this.kernels = kernels;
            spacing = kernels.dimension.spacing();
            steps = new long[kernels.count];
            logMasses = new double[kernels.count + 1];
            long size = kernels.dimension.size().orElseThrow();
            double lowest = kernels.low + 0.5 * spacing;
            Memo logInside = new Memo(
                    size,
                    step -> Kernels.logMass(
                            kernels.kernel,
                            kernels.low - (lowest + step * spacing),
                            kernels.high - (lowest + step * spacing)));
            for (int i = 0; i < kernels.count; i++) {
                steps[i] = Math.round((kernels.means[i] - lowest) / spacing);
                logMasses[i] = logInside.at(steps[i]);
            }
            logMasses[kernels.count] = kernels.logMass(kernels.count);
            logNear = new Memo(
                    size,
                    distance ->
                            Kernels.logMass(kernels.kernel, (distance - 0.5) * spacing, (distance + 0.5) * spacing));
        }

        @Override
        public Object sample(int kernel, UniformRandomProvider random) {
            return kernels.sample(kernel, random);
        }

        @Override
        public void addLogDensities(double place, int from, int to, double[] sums) {
            long step = Math.round((place - kernels.low) / spacing - 0.5);
            for (int i = from; i < Math.min(to, kernels.count); i++) {
                sums[i] += logNear.at(Math.abs(step - steps[i])) - logMasses[i];
            }
            if (to > kernels.count) {
                double distance = place - kernels.means[kernels.count];
                sums[kernels.count] +=
                        Kernels.logMass(kernels.prior, distance - 0.5 * spacing, distance + 0.5 * spacing)
                                - logMasses[kernels.count];
            }
        }
    }

    /** A function of whole numbers from 0, which remembers its values. */
    final class Memo {
        private static final int MAX_REMEMBERED = 1 << 16;

        private final LongToDoubleFunction function;
        private final double[] values;

        /** @param size how many numbers there are; of those after the first 65,536 it remembers none */
        Memo(long size, LongToDoubleFunction function) {
            this.function = function;
            values = new double[(int) Math.min(size, MAX_REMEMBERED)];
            Arrays.fill(values, Double.NaN);
        }

        double at(long number) {
            if (number >= values.length) {
                return function.applyAsDouble(number);
            }
            double value = values[(int) number];
            if (Double.isNaN(value)) {
                value = function.applyAsDouble(number);
                values[(int) number] = value;
            }
            return value;
        }
    }

    /** Probabilities of choices: the observed one's is raised. */
    final class Categorical implements KernelDensities {
        private final Dimension.Categorical dimension;
        /** Of each kernel; of the prior the number of choices. */
        private final int[] observed;
        /** By observed choice and choice. */
        private final double[][] probabilities;
        /** Logarithms of the probabilities, by choice and observed choice. */
        private final double[][] logs;

        Categorical(Dimension.Categorical dimension, double[] places) {
            this.dimension = dimension;
            int choices = dimension.choices().size();
            int kernels = places.length + 1;
            observed = new int[kernels];
            Arrays.setAll(observed, i -> i < places.length ? (int) places[i] : choices);
            probabilities = new double[choices + 1][choices];
            logs = new double[choices][choices + 1];
            for (int i = 0; i <= choices; i++) {
                Arrays.fill(probabilities[i], 1.0 / kernels);
                if (i < choices) {
                    probabilities[i][i] += 1;
                }
                double sum = Arrays.stream(probabilities[i]).sum();
                for (int c = 0; c < choices; c++) {
                    probabilities[i][c] /= sum;
                    logs[c][i] = Math.log(probabilities[i][c]);
                }
            }
        }

        @Override
        public Object sample(int kernel, UniformRandomProvider random) {
            return dimension.choices().get(KernelDensities.draw(probabilities[observed[kernel]], random));
        }

        @Override
        public void addLogDensities(double place, int from, int to, double[] sums) {
            double[] ofChoice = logs[(int) place];
            for (int i = from; i < to; i++) {
                sums[i] += ofChoice[observed[i]];
            }
        }
    }
}
