package io.residual.training.optim;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/** One of Deeplearning4j's own updaters, with its own constants, on all parameters at once. */
final class Adaptive implements UpdateRule {
    private final FlatParameters flat;
    private final INDArray state;
    private final INDArray row;
    private final GradientUpdater<?> updater;

    /** @param configuration for this updater alone: its learning rate is changed */
    Adaptive(FlatParameters flat, IUpdater configuration) {
        this.flat = flat;
        long length = flat.parameters().length();
        this.state = Nd4j.zeros(flat.parameters().dataType(), 1, configuration.stateSize(length));
        this.row = flat.gradient().reshape(1, length);
        this.updater = configuration.instantiate(state, true);
    }

    @Override
    public void apply(double learningRate, double scale, long update) {
        FlatArrays.scale(scale, flat.gradient());
        flat.decayInGradient(1);
        flat.decayInPlace(learningRate);
        updater.getConfig().setLrAndSchedule(learningRate, null);
        correctEpsilon(update);
        updater.applyUpdater(row, Math.toIntExact(update), 0);
        flat.groups().forEach(s -> FlatArrays.add(-s.factor(), s.gradient(), s.parameters()));
    }

    /**
     * Deeplearning4j's Adam adds epsilon to the root of the raw second moment, its authors (algorithm 1) and PyTorch to that of
     * the corrected one: with an epsilon that is corrected as well, the two are equal.
     */
    private void correctEpsilon(long update) {
        if (updater.getConfig() instanceof Adam adam) {
            adam.setEpsilon(Adam.DEFAULT_ADAM_EPSILON * Math.sqrt(1 - Math.pow(adam.getBeta2(), update + 1.0)));
        }
    }

    @Override
    public Map<String, INDArray> state() {
        return Map.of("updater", state);
    }
}
