package io.residual.tuning.arbiter;

import io.residual.tuning.search.Direction;
import io.residual.tuning.search.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.deeplearning4j.arbiter.optimize.api.data.DataProvider;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.api.score.ScoreFunction;

/** Tells Arbiter that outcomes are scored by a loss. */
record Loss(Direction direction) implements ScoreFunction {
    /** The loss of the first objective; infinite, where the trial has not finished. */
    double of(Outcome outcome) {
        return outcome instanceof Outcome.Finished finished
                ? direction.loss(finished.objectives().get(0))
                : Double.POSITIVE_INFINITY;
    }

    @Override
    public boolean minimize() {
        return true;
    }

    @Override
    @SuppressWarnings("deprecation") // Arbiter declares it still
    public double score(Object model, DataProvider data, Map<String, Object> dataParameters) {
        return of((Outcome) model);
    }

    @Override
    public double score(Object model, Class<? extends DataSource> data, Properties properties) {
        return of((Outcome) model);
    }

    @Override
    public List<Class<?>> getSupportedModelTypes() {
        return List.of(Outcome.class);
    }

    @Override
    public List<Class<?>> getSupportedDataTypes() {
        return List.of();
    }
}
