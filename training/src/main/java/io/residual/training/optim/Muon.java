package io.residual.training.optim;

import io.residual.training.network.MatrixProducts;
import io.residual.training.optim.FlatParameters.Filters;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Muon for the filters of convolutions, as Jordan's airbench94 has it (2024, github.com/KellerJordan/cifar10-airbench), and
 * SGD with Nesterov's momentum for all else. The filters of a convolution are the rows of a matrix; its step is the matrix
 * {@code g + momentum * v} with all singular values brought near 1, after the filters themselves have been scaled to the
 * norm of an orthogonal matrix. So a step of rate r turns the filters by about r, whatever the gradient's size.
 */
final class Muon implements UpdateRule {
    private final FlatParameters flat;
    private final Momentum rest;
    private final double momentum;
    private final double factor;
    private final MatrixProducts products;
    private final List<Step> steps;

    /** @param factor of the filters' learning rate, relative to that of the rest */
    Muon(FlatParameters flat, double momentum, double factor, MatrixProducts products) {
        this.flat = flat;
        this.products = products;
        this.rest = new Momentum(flat, momentum, true);
        this.momentum = momentum;
        this.factor = factor;
        this.steps = flat.filters().stream().map(Step::new).toList();
    }

    @Override
    public void apply(double rate, double scale, long update) {
        rest.apply(rate, scale, update);
        // The last convolutions have the most filters.
        products.forEach(steps.size(), i -> steps.get(steps.size() - 1 - i).take(rate * factor, scale));
    }

    @Override
    public Map<String, INDArray> state() {
        return rest.state();
    }

    /** The steps of one convolution's filters. */
    private final class Step {
        private final Filters filters;
        private final INDArray velocity;
        /** The gradient's memory, whose values are no longer needed. */
        private final INDArray direction;

        private final Orthogonal orthogonal;

        Step(Filters filters) {
            this.filters = filters;
            this.velocity = filters.group().of(rest.velocity());
            this.direction = filters.group().of(flat.gradient());
            this.orthogonal = new Orthogonal(
                    products, direction, filters.count(), filters.group().length() / filters.count());
        }

        void take(double rate, double scale) {
            INDArray values = filters.group().parameters();
            FlatArrays.scale(scale, direction);
            FlatArrays.add(momentum, velocity, direction);
            double norm = FlatArrays.norm(values);
            if (norm > 0) {
                FlatArrays.scale(Math.sqrt((double) filters.count()) / norm, values);
            }
            orthogonal.compute();
            FlatArrays.add(-rate * filters.group().factor(), direction, values);
        }
    }

    /**
     * A matrix with the singular vectors of another and singular values near 1, by Newton and Schulz's iteration
     * {@code X = a X + (b S + c S S) X} with {@code S = X X'}, or with {@code X' X} on the other side where that is smaller.
     */
    static final class Orthogonal {
        private static final int ITERATIONS = 5;
        private static final double A = 3.4445;
        private static final double B = -4.7750;
        private static final double C = 2.0315;
        /** Keeps a matrix of zeros from being divided by zero. */
        private static final double EPSILON = 1e-7;

        private final MatrixProducts products;
        private final INDArray values;
        private final INDArray next;
        private final boolean tall;
        /** The same two as [columns, rows]: column-major, as BLAS has it. */
        private final INDArray matrix;

        private final INDArray nextMatrix;
        private final INDArray product;
        private final INDArray factor;

        /** @param values of the matrix, row by row */
        Orthogonal(MatrixProducts products, INDArray values, long rows, long columns) {
            this.products = products;
            this.values = values;
            this.next = Nd4j.createUninitialized(values.dataType(), values.length());
            this.tall = rows > columns;
            this.matrix = values.reshape('f', columns, rows);
            this.nextMatrix = next.reshape('f', columns, rows);
            long[] square = {Math.min(rows, columns), Math.min(rows, columns)};
            this.product = Nd4j.createUninitialized(values.dataType(), square, 'f');
            this.factor = Nd4j.createUninitialized(values.dataType(), square, 'f');
        }

        /** Replaces the values. */
        void compute() {
            FlatArrays.scale(1 / (FlatArrays.norm(values) + EPSILON), values);
            for (int i = 0; i < ITERATIONS; i++) {
                products.multiply(matrix, matrix, product, !tall, tall, 1, 0);
                FlatArrays.copy(product, factor);
                products.multiply(product, product, factor, false, false, C, B);
                FlatArrays.copy(values, next);
                products.multiply(tall ? factor : matrix, tall ? matrix : factor, nextMatrix, false, false, 1, A);
                FlatArrays.copy(next, values);
            }
        }
    }
}
