package io.residual.training.optim;

import io.residual.training.config.UpdateSpec;
import io.residual.training.config.UpdateSpec.WeightDecay;
import io.residual.training.optim.ParameterLayout.Role;
import io.residual.training.optim.ParameterLayout.Run;
import java.util.List;
import java.util.function.Predicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The flat arrays that an update works on, and the groups of them that it treats alike.
 *
 * @param parameters flat
 * @param gradient flat, of the same length
 * @param groups whose rates are alike; all parameters together where all rates are
 * @param weights the groups that decay
 */
record FlatParameters(
        INDArray parameters,
        INDArray gradient,
        List<ParameterGroup> groups,
        List<ParameterGroup> weights,
        double decay,
        WeightDecay decayMode) {
    /**
     * Part of the flat arrays.
     *
     * @param factor on the learning rate, above 0, at most 1
     */
    record ParameterGroup(double factor, long from, long length, INDArray parameters, INDArray gradient) {
        INDArray of(INDArray flat) {
            return FlatArrays.view(flat, from, length);
        }
    }

    FlatParameters {
        groups = List.copyOf(groups);
        weights = List.copyOf(weights);
    }

    static FlatParameters of(ParameterLayout layout, UpdateSpec spec, INDArray parameters, INDArray gradient) {
        Predicate<ParameterLayout.Part> weight = part -> part.role() == Role.WEIGHT;
        List<Run> all = spec.layerwiseRateDecay() == 1
                ? List.of(new Run(0, 0, parameters.length()))
                : layout.runs(part -> part.role() != Role.STATISTIC);
        List<Run> decaying = spec.weightDecay() == 0 ? List.of() : layout.runs(weight);
        int depths = layout.depths();
        return new FlatParameters(
                parameters.reshape(parameters.length()),
                gradient.reshape(gradient.length()),
                groups(all, depths, spec.layerwiseRateDecay(), parameters, gradient),
                groups(decaying, depths, spec.layerwiseRateDecay(), parameters, gradient),
                spec.weightDecay(),
                spec.weightDecayMode());
    }

    private static List<ParameterGroup> groups(
            List<Run> runs, int depths, double factor, INDArray parameters, INDArray gradient) {
        return runs.stream()
                .map(run -> new ParameterGroup(
                        // The depth that learns fastest has the full rate: the last where factors rise, else the
                        // first.
                        Math.pow(factor, factor > 1 ? run.depth() - (depths - 1) : run.depth()),
                        run.from(),
                        run.length(),
                        FlatArrays.view(parameters, run.from(), run.length()),
                        FlatArrays.view(gradient, run.from(), run.length())))
                .toList();
    }

    /** Decays weights as part of the gradient, whose values are yet to be multiplied by the scale. */
    void decayInGradient(double scale) {
        if (decayMode == WeightDecay.L2) {
            weights.forEach(w -> FlatArrays.add(decay / scale, w.parameters(), w.gradient()));
        }
    }

    /** Decays weights past the optimiser. */
    void decayInPlace(double rate) {
        if (decayMode == WeightDecay.DECOUPLED) {
            weights.forEach(w -> FlatArrays.scale(1 - rate * w.factor() * decay, w.parameters()));
        }
    }
}
