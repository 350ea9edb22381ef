package io.residual.tuning.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.tuning.search.Dimension.Categorical;
import io.residual.tuning.search.Dimension.IntUniform;
import io.residual.tuning.search.Dimension.LogUniform;
import io.residual.tuning.search.Dimension.Uniform;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

/** Densities of thousands of values; those of few are compared with Optuna's. */
class ParzenEstimatorTest {
    private static final int OBSERVED = 3_000;
    private static final List<Parameter> PARAMETERS = List.of(
            Parameter.of("real", new Uniform(-5, 10)),
            Parameter.of("rate", new LogUniform(1e-4, 1)),
            Parameter.of("whole", new IntUniform(16, 112, 16)),
            Parameter.of("wide", new IntUniform(0, 1_000_000, 1)),
            Parameter.of("word", new Categorical(List.of("book", "torchvision", "paper"))));

    private final UniformRandomProvider random = TrialRandom.of(1, 2);

    /** Places of values in the lowest part of each range. */
    private List<double[]> places(int observed, double part) {
        return PARAMETERS.stream()
                .map(p -> DoubleStream.generate(
                                () -> p.dimension().place(p.dimension().at(part * random.nextDouble())))
                        .limit(observed)
                        .toArray())
                .toList();
    }

    private static ParzenEstimator estimator(List<double[]> places) {
        return new ParzenEstimator(PARAMETERS, places, TrialSplit.weights(places.get(0).length));
    }

    @Test
    void the_density_is_the_weighted_mean_of_all_kernels() {
        List<double[]> observed = places(OBSERVED, 1);
        Map<String, Object> values = estimator(places(5, 0.5)).sample(1, random).get(0);

        double[] logs = new double[OBSERVED + 1];
        for (int p = 0; p < PARAMETERS.size(); p++) {
            Parameter parameter = PARAMETERS.get(p);
            KernelDensities.of(parameter.dimension(), observed.get(p), PARAMETERS.size())
                    .addLogDensities(parameter.dimension().place(values.get(parameter.name())), 0, logs.length, logs);
        }
        double weights = 1;
        double sum = Math.exp(logs[OBSERVED]);
        for (int i = 0; i < OBSERVED; i++) {
            double weight = TrialSplit.weights(OBSERVED)[i];
            weights += weight;
            sum += weight * Math.exp(logs[i]);
        }
        assertThat(estimator(observed).logDensity(values)).isCloseTo(Math.log(sum / weights), within(1e-10));
    }

    @Test
    void whole_numbers_far_from_an_observed_one_have_the_mass_of_their_interval() {
        double deviation = 1_000_001 / 3.0; // the least of one observed value: a third of the range
        NormalDistribution observed = NormalDistribution.of(7, deviation);
        KernelDensities kernels = KernelDensities.of(new IntUniform(0, 1_000_000, 1), new double[] {7}, 1);

        for (double value : new double[] {0, 20, 60_000, 70_000, 1_000_000}) {
            double[] logs = new double[2];
            kernels.addLogDensities(value, 0, 2, logs);
            assertThat(logs[0])
                    .isCloseTo(
                            Math.log(observed.probability(value - 0.5, value + 0.5)
                                    / observed.probability(-0.5, 1_000_000.5)),
                            within(1e-9));
        }
    }

    @Test
    void a_density_that_is_summed_up_in_part_is_below_the_complete_one() {
        ParzenEstimator estimator = estimator(places(OBSERVED, 1));
        Map<String, Object> values = estimator.sample(1, random).get(0);
        ParzenEstimator.Sum sum = estimator.new Sum(values);

        List<Double> logs = new ArrayList<>();
        while (!sum.isComplete()) {
            sum.addBlock();
            logs.add(sum.log());
        }
        assertThat(logs).isSorted().hasSizeGreaterThan(10).endsWith(estimator.logDensity(values));
    }

    @Test
    void candidates_come_in_the_order_of_their_ratios_of_all_kernels() {
        ParzenEstimator good = estimator(places(25, 0.5));
        ParzenEstimator rest = estimator(places(OBSERVED, 1));
        List<Map<String, Object>> candidates = new ArrayList<>(good.sample(24, random));
        candidates.set(17, candidates.get(3));

        List<Map<String, Object>> ranked = new ArrayList<>();
        new CandidateRanking(candidates, good, rest).forEachRemaining(ranked::add);

        assertThat(ranked)
                .containsExactlyElementsOf(candidates.stream()
                        .sorted(Comparator.comparingDouble(values -> rest.logDensity(values) - good.logDensity(values)))
                        .toList());
    }
}
