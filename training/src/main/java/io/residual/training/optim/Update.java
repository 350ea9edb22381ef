package io.residual.training.optim;

import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.UpdateSpec;
import io.residual.training.network.MatrixProducts;
import io.residual.training.optim.ParameterLayout.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.RmsProp;

/**
 * Changes a network's parameters after each backward pass: running statistics at once; weights after the last batch of a
 * group, by clipping, optimiser and average. Deeplearning4j's own update ({@code graph.fit}) knows neither groups nor
 * changing rates nor averages.
 */
public final class Update {
    private final LearningRate rate;
    private final BatchGroups groups;
    private final List<Statistic> statistics;
    private final INDArray batchGradient;
    /** The batch's own where each batch is a group. */
    private final INDArray gradient;

    private final Clipping clipping;
    private final UpdateRule rule;
    private final Optional<WeightAverage> average;

    /** Running statistics that lie together, what is to be subtracted from them, and as many zeros. */
    private record Statistic(INDArray values, INDArray change, INDArray zeros) {}

    /**
     * Prepares the updates of a run.
     *
     * @param rate of each update
     * @param batchesPerEpoch at least 1
     * @param products of the matrices of optimisers
     */
    public Update(
            ComputationGraph graph,
            OptimisationSpec spec,
            LearningRate rate,
            int batchesPerEpoch,
            MatrixProducts products) {
        this.rate = rate;
        this.groups = new BatchGroups(spec.update().accumulation(), spec.batchSize(), batchesPerEpoch);
        if (graph.getFlattenedGradients() == null) {
            graph.initGradientsView();
        }
        INDArray parameters = graph.params();
        ParameterLayout layout = ParameterLayout.of(graph);
        this.batchGradient = graph.getFlattenedGradients().reshape(parameters.length());
        this.gradient = groups.size() == 1 ? batchGradient : Nd4j.zeros(parameters.dataType(), parameters.length());
        this.statistics = layout.runs(part -> part.role() == Role.STATISTIC).stream()
                .map(run -> new Statistic(
                        FlatArrays.view(parameters, run.from(), run.length()),
                        FlatArrays.view(batchGradient, run.from(), run.length()),
                        Nd4j.zeros(parameters.dataType(), run.length())))
                .toList();
        this.clipping = new Clipping(layout, spec.update(), parameters, gradient);
        this.rule = rule(spec, products, FlatParameters.of(layout, spec.update(), parameters, gradient));
        double decay = spec.regularisation().emaDecay();
        this.average = decay == 0 ? Optional.empty() : Optional.of(new WeightAverage(decay, parameters));
    }

    /** How many updates an epoch of so many batches has. */
    public static long perEpoch(OptimisationSpec spec, int batches) {
        return BatchGroups.updatesPerEpoch(spec.update().accumulation(), batches);
    }

    private static UpdateRule rule(OptimisationSpec spec, MatrixProducts products, FlatParameters flat) {
        UpdateSpec update = spec.update();
        return switch (update.optimiser()) {
            case SGD -> new Momentum(flat, update.momentum(), false);
            case NESTEROV -> new Momentum(flat, update.momentum(), true);
            case MUON -> new Muon(flat, update.momentum(), update.muonRate() / spec.learningRate(), products);
            case ADAM -> new Adaptive(flat, new Adam());
            case AMSGRAD -> new Adaptive(flat, new AMSGrad());
            case NADAM -> new Adaptive(flat, new Nadam());
            case ADAMAX -> new Adaptive(flat, new AdaMax());
            case ADABELIEF -> new Adaptive(flat, new AdaBelief());
            case ADAGRAD -> new Adaptive(flat, new AdaGrad());
            case RMSPROP -> new Adaptive(flat, new RmsProp());
        };
    }

    /**
     * Takes what a backward pass left in the graph.
     *
     * @param images of the batch, whose gradients the graph has summed
     * @param iteration batches of the run before this one
     */
    public void take(long images, long iteration) {
        for (Statistic statistic : statistics) {
            FlatArrays.add(-1, statistic.change(), statistic.values());
            FlatArrays.copy(statistic.zeros(), statistic.change());
        }
        if (gradient != batchGradient) {
            FlatArrays.add(1, batchGradient, gradient);
        }
        if (!groups.endsAt(iteration)) {
            return;
        }
        long update = groups.update(iteration);
        double scale = clipping.apply(1.0 / (groups.imagesBefore(iteration) + images));
        rule.apply(rate.at(update), scale, update);
        if (gradient != batchGradient) {
            gradient.assign(0);
        }
        average.ifPresent(a -> a.follow(update));
    }

    /** Multiplies what a backward pass left to be subtracted from running statistics. */
    public void scaleStatistics(double factor) {
        statistics.forEach(statistic -> FlatArrays.scale(factor, statistic.change()));
    }

    /** The learning rate of the update that a batch belongs to. */
    public double rate(long iteration) {
        return rate.at(groups.update(iteration));
    }

    /** The moving average of the parameters, if the spec asks for one. */
    public Optional<WeightAverage> average() {
        return average;
    }

    /** Live views by name of all that decides the next updates besides the parameters. */
    public Map<String, INDArray> state() {
        Map<String, INDArray> state = new LinkedHashMap<>(rule.state());
        if (gradient != batchGradient) {
            state.put("gradient", gradient);
        }
        average.ifPresent(a -> state.put("average", a.values()));
        return state;
    }
}
