package io.residual.tuning.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import org.tribuo.common.tree.LeafNode;
import org.tribuo.common.tree.Node;
import org.tribuo.common.tree.SplitNode;
import org.tribuo.regression.Regressor;

/** How much a regression tree over a cube varies, in all and with one coordinate alone. */
final class TreeVariance {
    private final int dimensions;
    private final List<Box> leaves = new ArrayList<>();
    private final double mean;

    /**
     * The variance of a tree.
     *
     * @param coordinate of a feature of the tree
     * @param low the lowest corner of the cube, in each coordinate
     */
    TreeVariance(Node<Regressor> root, int dimensions, IntUnaryOperator coordinate, double low) {
        this.dimensions = dimensions;
        double[] lows = new double[dimensions];
        double[] highs = new double[dimensions];
        Arrays.fill(lows, low);
        Arrays.fill(highs, low + 1);
        collect(root, coordinate, lows, highs);
        mean = leaves.stream().mapToDouble(leaf -> leaf.volume() * leaf.value()).sum();
    }

    private void collect(Node<Regressor> node, IntUnaryOperator coordinate, double[] lows, double[] highs) {
        if (node instanceof SplitNode<Regressor> split) {
            int d = coordinate.applyAsInt(split.getFeatureID());
            double at = Math.min(Math.max(split.splitValue(), lows[d]), highs[d]);
            double[] below = highs.clone();
            below[d] = at;
            double[] above = lows.clone();
            above[d] = at;
            collect(split.getLessThanOrEqual(), coordinate, lows, below);
            collect(split.getGreaterThan(), coordinate, above, highs);
        } else if (node instanceof LeafNode<Regressor> leaf) {
            leaves.add(new Box(lows, highs, leaf.getOutput().getValues()[0]));
        } else {
            throw new IllegalStateException("a tree has splits and leaves, not a " + node.getClass());
        }
    }

    /** The variance of the tree's value at a uniformly drawn point. */
    double total() {
        return leaves.stream()
                .mapToDouble(leaf -> leaf.volume() * square(leaf.value() - mean))
                .sum();
    }

    /** The variance of the tree's mean over all other coordinates. */
    double of(int dimension) {
        TreeSet<Double> cuts = new TreeSet<>();
        leaves.forEach(leaf -> {
            cuts.add(leaf.lows[dimension]);
            cuts.add(leaf.highs[dimension]);
        });
        double variance = 0;
        for (Double low = cuts.first(), high = cuts.higher(low); high != null; low = high, high = cuts.higher(low)) {
            variance += (high - low) * square(marginal(dimension, 0.5 * (low + high)) - mean);
        }
        return variance;
    }

    private double marginal(int dimension, double at) {
        return leaves.stream()
                .filter(leaf -> leaf.lows[dimension] < at && at < leaf.highs[dimension])
                .mapToDouble(leaf -> leaf.value() * leaf.volumeWithout(dimension))
                .sum();
    }

    private static double square(double x) {
        return x * x;
    }

    private final class Box {
        private final double[] lows;
        private final double[] highs;
        private final double value;

        Box(double[] lows, double[] highs, double value) {
            this.lows = lows;
            this.highs = highs;
            this.value = value;
        }

        double value() {
            return value;
        }

        double volume() {
            return volumeWithout(-1);
        }

        double volumeWithout(int dimension) {
            double volume = 1;
            for (int d = 0; d < dimensions; d++) {
                volume *= d == dimension ? 1 : highs[d] - lows[d];
            }
            return volume;
        }
    }
}
