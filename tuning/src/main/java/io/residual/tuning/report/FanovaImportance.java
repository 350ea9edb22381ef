package io.residual.tuning.report;

import io.residual.tuning.search.Direction;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.search.TrialState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.common.tree.TreeModel;
import org.tribuo.ensemble.BaggingTrainer;
import org.tribuo.ensemble.WeightedEnsembleModel;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.ensemble.AveragingCombiner;
import org.tribuo.regression.rtree.CARTJointRegressionTrainer;
import org.tribuo.regression.rtree.impurity.MeanSquaredError;

/**
 * How much of an objective's variance over the search space each parameter explains alone: functional analysis of
 * variance on a forest of regression trees (Hutter, Hoos and Leyton-Brown 2014).
 */
public final class FanovaImportance {
    /** Tribuo logs every tree; kept here, since the level of a logger without a reference is lost. */
    private static final Logger TREES_LOG = Logger.getLogger(BaggingTrainer.class.getName());

    private static final int TREES = 64;
    private static final int MAX_DEPTH = 64;
    private static final float MIN_LEAF = 1;
    private static final float ALL_FEATURES = 1;
    /** With fewer trials a forest shows noise. */
    private static final int MIN_TRIALS = 4;
    /** Tribuo takes a value of zero for one that is missing, so coordinates are from 1 to 2. */
    private static final double LOW = 1;

    private FanovaImportance() {}

    /**
     * Shares of the variance, in the order of the space. They are in [0, 1]; what is missing in their sum to 1 is due to
     * parameters acting together. Empty, if fewer than {@value #MIN_TRIALS} trials finished or all have the same
     * value.
     *
     * @param history of which finished trials are used, with their first objective
     * @param seed of the forest
     */
    public static Map<String, Double> of(SearchSpace space, List<Observation> history, Direction direction, long seed) {
        var data = new MutableDataset<>(
                new SimpleDataSourceProvenance("finished trials", new RegressionFactory()), new RegressionFactory());
        for (Observation observation : history) {
            if (observation.state() == TrialState.DONE) {
                data.add(example(
                        space.point(observation.assignment()),
                        direction.loss(observation.objectives().get(0))));
            }
        }
        Map<String, Double> shares = new LinkedHashMap<>();
        if (data.size() < MIN_TRIALS) {
            return shares;
        }
        List<TreeVariance> trees = forest(data, space.parameters().size(), seed).stream()
                .filter(tree -> tree.total() > 0)
                .toList();
        if (!trees.isEmpty()) {
            for (int d = 0; d < space.parameters().size(); d++) {
                int dimension = d;
                shares.put(
                        space.parameters().get(d).name(),
                        trees.stream()
                                .mapToDouble(tree -> tree.of(dimension) / tree.total())
                                .average()
                                .orElseThrow());
            }
        }
        return shares;
    }

    private static ArrayExample<Regressor> example(double[] point, double loss) {
        String[] names = IntStream.range(0, point.length)
                .mapToObj(FanovaImportance::feature)
                .toArray(String[]::new);
        double[] values = IntStream.range(0, point.length)
                .mapToDouble(d -> LOW + point[d])
                .toArray();
        return new ArrayExample<>(new Regressor("loss", loss), names, values);
    }

    private static List<TreeVariance> forest(MutableDataset<Regressor> data, int dimensions, long seed) {
        TREES_LOG.setLevel(Level.WARNING);
        var tree = new CARTJointRegressionTrainer(
                MAX_DEPTH, MIN_LEAF, 0, ALL_FEATURES, new MeanSquaredError(), false, seed);
        var forest = (WeightedEnsembleModel<Regressor>)
                new BaggingTrainer<>(tree, new AveragingCombiner(), TREES, seed).train(data);
        return forest.getModels().stream()
                .map(model -> variance(model, dimensions))
                .toList();
    }

    private static TreeVariance variance(Model<Regressor> model, int dimensions) {
        if (!(model instanceof TreeModel<Regressor> tree)) {
            throw new IllegalStateException("a forest consists of trees, not of a " + model.getClass());
        }
        Map<Integer, Integer> coordinates = new LinkedHashMap<>();
        for (int d = 0; d < dimensions; d++) {
            coordinates.put(model.getFeatureIDMap().getID(feature(d)), d);
        }
        return new TreeVariance(tree.getRoot(), dimensions, id -> coordinates.getOrDefault(id, -1), LOW);
    }

    private static String feature(int dimension) {
        return "parameter" + dimension;
    }
}
