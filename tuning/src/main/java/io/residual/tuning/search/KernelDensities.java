package io.residual.tuning.search;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** Adds the logarithm of each kernel's density at a value to what is there. */
    void addLogDensities(Object value, double[] sums);

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
     * @param observed its values, in the order of the trials
     * @param parameters how many are estimated together
     */
    static KernelDensities of(Dimension dimension, List<Object> observed, int parameters) {
        if (dimension instanceof Dimension.Categorical categorical) {
            return new Categorical(categorical, observed);
        }
        return new Gaussian((Dimension.Numeric) dimension, observed, parameters);
    }

    /** Normal distributions, cut off at the ends of the range; of values with a spacing, their mass around each value. */
    final class Gaussian implements KernelDensities {
        /** Share of the range that is the deviation of a single kernel (Optuna's {@code SIGMA0_MAGNITUDE}). */
        private static final double MAGNITUDE = 0.2;
        /** No kernel is narrower than this share of the range (Bergstra et al. 2011, section 4.2). */
        private static final double NARROWEST = 0.01;

        private static final double LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

        private final Dimension.Numeric dimension;
        /** Of each kernel. */
        private final double[] means;

        private final double[] deviations;
        private final double[] logMasses;
        /** An earlier kernel that is the same, or the kernel itself: values with a spacing repeat in long histories. */
        private final int[] same;

        Gaussian(Dimension.Numeric dimension, List<Object> observed, int parameters) {
            this.dimension = dimension;
            int count = observed.size();
            double range = dimension.highest() - dimension.lowest();
            // Scott's rule, as in BOHB (Falkner et al. 2018, section 3.2)
            double scott = MAGNITUDE * Math.pow(Math.max(count, 1), -1.0 / (parameters + 4));
            double narrowest = Math.max(NARROWEST, 1.0 / (count + 2));
            means = new double[count + 1];
            for (int i = 0; i < count; i++) {
                means[i] = dimension.place(observed.get(i));
            }
            means[count] = 0.5 * (dimension.lowest() + dimension.highest());
            deviations = new double[count + 1];
            Arrays.fill(deviations, range * Math.min(Math.max(scott, narrowest), 1));
            deviations[count] = range;
            same = firstsOfEqual(means);
            same[count] = count;
            logMasses = new double[count + 1];
            for (int i = 0; i <= count; i++) {
                logMasses[i] = same[i] < i
                        ? logMasses[same[i]]
                        : logMass(means[i], deviations[i], dimension.lowest(), dimension.highest());
            }
        }

        private static int[] firstsOfEqual(double[] values) {
            Map<Double, Integer> firsts = new HashMap<>();
            int[] indices = new int[values.length];
            for (int i = 0; i < values.length; i++) {
                Integer first = firsts.putIfAbsent(values[i], i);
                indices[i] = first == null ? i : first;
            }
            return indices;
        }

        private static double logMass(double mean, double deviation, double low, double high) {
            return Math.log(NormalDistribution.of(mean, deviation).probability(low, high));
        }

        @Override
        public Object sample(int kernel, UniformRandomProvider random) {
            return dimension.nearest(TruncatedNormalDistribution.of(
                            means[kernel], deviations[kernel], dimension.lowest(), dimension.highest())
                    .inverseCumulativeProbability(random.nextDouble()));
        }

        @Override
        public void addLogDensities(Object value, double[] sums) {
            double place = dimension.place(value);
            double half = 0.5 * dimension.spacing();
            double[] logDensities = new double[means.length];
            for (int i = 0; i < means.length; i++) {
                if (half == 0) {
                    logDensities[i] = logHeight((place - means[i]) / deviations[i]);
                } else {
                    logDensities[i] = same[i] < i
                            ? logDensities[same[i]]
                            : logMass(means[i], deviations[i], place - half, place + half);
                }
                sums[i] += logDensities[i] - logMasses[i];
            }
        }

        private static double logHeight(double standardised) {
            return -0.5 * standardised * standardised - LOG_ROOT_TWO_PI;
        }
    }

    /** Probabilities of choices, [kernel][choice]: the observed one's is raised. */
    final class Categorical implements KernelDensities {
        private final Dimension.Categorical dimension;
        private final double[][] probabilities;

        Categorical(Dimension.Categorical dimension, List<Object> observed) {
            this.dimension = dimension;
            int choices = dimension.choices().size();
            int kernels = observed.size() + 1;
            probabilities = new double[kernels][choices];
            for (int i = 0; i < kernels; i++) {
                Arrays.fill(probabilities[i], 1.0 / kernels);
                if (i < observed.size()) {
                    probabilities[i][dimension.choices().indexOf((String) observed.get(i))] += 1;
                }
                double sum = Arrays.stream(probabilities[i]).sum();
                for (int c = 0; c < choices; c++) {
                    probabilities[i][c] /= sum;
                }
            }
        }

        @Override
        public Object sample(int kernel, UniformRandomProvider random) {
            return dimension.choices().get(KernelDensities.draw(probabilities[kernel], random));
        }

        @Override
        public void addLogDensities(Object value, double[] sums) {
            int choice = dimension.choices().indexOf((String) value);
            for (int i = 0; i < probabilities.length; i++) {
                sums[i] += Math.log(probabilities[i][choice]);
            }
        }
    }
}
