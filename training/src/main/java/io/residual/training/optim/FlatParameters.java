package io.residual.training.optim;

import io.residual.training.config.UpdateSpec;
import io.residual.training.config.UpdateSpec.Optimiser;
import io.residual.training.config.UpdateSpec.WeightDecay;
import io.residual.training.optim.ParameterLayout.Part;
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
 * @param filters those of each convolution, which are in no other group, where a rule has steps of its own for them
 */
record FlatParameters(
        INDArray parameters,
        INDArray gradient,
        List<ParameterGroup> groups,
        List<ParameterGroup> weights,
        List<Filters> filters,
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

    /**
     * The filters of a convolution.
     *
     * @param count of filters, whose values lie together: its output channels
     */
    record Filters(ParameterGroup group, long count) {}

    FlatParameters {
        groups = List.copyOf(groups);
        weights = List.copyOf(weights);
        filters = List.copyOf(filters);
    }

    static FlatParameters of(ParameterLayout layout, UpdateSpec spec, INDArray parameters, INDArray gradient) {
        Grouping grouping = new Grouping(layout.depths(), spec.layerwiseRateDecay(), parameters, gradient);
        boolean filtersApart = spec.optimiser() == Optimiser.MUON;
        Predicate<Part> changed =
                part -> part.role() != Role.STATISTIC && !(filtersApart && part.role() == Role.FILTER);
        List<Run> all = spec.layerwiseRateDecay() == 1 && !filtersApart
                ? List.of(new Run(0, 0, parameters.length()))
                : layout.runs(changed);
        List<Run> decaying = spec.weightDecay() == 0
                ? List.of()
                : layout.runs(changed.and(part -> part.role().decays()));
        return new FlatParameters(
                parameters.reshape(parameters.length()),
                gradient.reshape(gradient.length()),
                all.stream().map(grouping::group).toList(),
                decaying.stream().map(grouping::group).toList(),
                layout.parts().stream()
                        .filter(part -> filtersApart && part.role() == Role.FILTER)
                        .map(part -> new Filters(grouping.group(part.run()), part.units()))
                        .toList(),
                spec.weightDecay(),
                spec.weightDecayMode());
    }

    private record Grouping(int depths, double factor, INDArray parameters, INDArray gradient) {
        ParameterGroup group(Run run) {
            return new ParameterGroup(
                    // The depth that learns fastest has the full rate: the last where factors rise, else the first.
                    Math.pow(factor, factor > 1 ? run.depth() - (depths - 1) : run.depth()),
                    run.from(),
                    run.length(),
                    FlatArrays.view(parameters, run.from(), run.length()),
                    FlatArrays.view(gradient, run.from(), run.length()));
        }
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
