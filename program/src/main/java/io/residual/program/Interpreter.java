package io.residual.program;

import io.residual.program.Operation.Add;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Operation.Rectify;
import io.residual.program.Program.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Executes a program forward and backward in double precision, one number after the other. Other executors are compared with
 * it; arrays are [images, channels, height, width] of the value they belong to.
 */
public final class Interpreter {
    private final Program program;
    private final Map<String, double[]> parameters;
    private final int images;
    private final double[][] values;
    private final double[][] slopes;
    private final Map<String, double[]> gradients = new TreeMap<>();

    /**
     * The result of a batch.
     *
     * @param loss mean over the images, in nats
     * @param gradients of the images' summed loss, by parameter; of running statistics, what is to be subtracted from them
     */
    public record Outcome(double loss, Map<String, double[]> gradients) {}

    /** A tap of a window that lies on an image: positions in the input and output, and the number of the tap. */
    private record Tap(int in, int out, int index) {}

    private Interpreter(Program program, Map<String, double[]> parameters, int images) {
        this.program = program;
        this.parameters = parameters;
        this.images = images;
        values = new double[program.values().size()][];
        slopes = new double[program.values().size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = new double[images * program.value(i).size()];
            slopes[i] = new double[values[i].length];
        }
    }

    /**
     * Runs a batch.
     *
     * @param parameters by name, in the order that the operations describe
     * @param labels distributions over the classes, [images, classes]
     */
    public static Outcome run(Program program, Map<String, double[]> parameters, double[] images, double[] labels) {
        int count = images.length / program.value(program.input()).size();
        Interpreter interpreter = new Interpreter(program, parameters, count);
        System.arraycopy(images, 0, interpreter.values[program.input()], 0, images.length);
        program.operations().forEach(interpreter::forward);
        double loss = interpreter.loss(labels);
        for (int i = program.operations().size() - 1; i >= 0; i--) {
            interpreter.backward(program.operations().get(i));
        }
        return new Outcome(loss, interpreter.gradients);
    }

    private void forward(Operation operation) {
        double[] x = values[operation.inputs().get(0)];
        double[] y = values[operation.out()];
        if (operation instanceof Convolve convolve) {
            convolve(convolve, x, y);
        } else if (operation instanceof Normalize normalize) {
            normalize(normalize, x, y);
        } else if (operation instanceof Pool pool) {
            pool(pool, (from, to, weight) -> y[to] += weight * x[from]);
        } else if (operation instanceof PadChannels pad) {
            pad(pad, (from, to, weight) -> y[to] = x[from]);
        } else {
            double[] other = operation instanceof Add add ? values[add.right()] : y;
            for (int i = 0; i < y.length; i++) {
                y[i] = operation instanceof Rectify ? Math.max(0, x[i]) : x[i] + other[i];
            }
        }
    }

    private void backward(Operation operation) {
        double[] dx = slopes[operation.inputs().get(0)];
        double[] dy = slopes[operation.out()];
        if (operation instanceof Convolve convolve) {
            convolveBack(convolve, values[convolve.in()], dx, dy);
        } else if (operation instanceof Normalize normalize) {
            normalizeBack(normalize, values[normalize.in()], dx, dy);
        } else if (operation instanceof Pool pool) {
            pool(pool, (from, to, weight) -> dx[from] += weight * dy[to]);
        } else if (operation instanceof PadChannels pad) {
            pad(pad, (from, to, weight) -> dx[from] += dy[to]);
        } else if (operation instanceof Rectify rectify) {
            for (int i = 0; i < dy.length; i++) {
                dx[i] += values[rectify.in()][i] > 0 ? dy[i] : 0;
            }
        } else if (operation instanceof Add add) {
            for (int i = 0; i < dy.length; i++) {
                dx[i] += dy[i];
                slopes[add.right()][i] += dy[i];
            }
        }
    }

    private double[] parameter(String name) {
        return Objects.requireNonNull(parameters.get(name), name);
    }

    private List<Tap> taps(Window window, Value in, Value out) {
        List<Tap> taps = new ArrayList<>();
        Window.Axis rows = window.rows();
        Window.Axis columns = window.columns();
        for (int at = 0; at < out.positions(); at++) {
            for (int tap = 0; tap < rows.size() * columns.size(); tap++) {
                int y = position(rows, at / out.width(), tap / columns.size());
                int x = position(columns, at % out.width(), tap % columns.size());
                if (y >= 0 && y < in.height() && x >= 0 && x < in.width()) {
                    taps.add(new Tap(y * in.width() + x, at, tap));
                }
            }
        }
        return taps;
    }

    private static int position(Window.Axis axis, int out, int tap) {
        return out * axis.stride() - axis.before() + tap * axis.dilation();
    }

    private void convolve(Convolve operation, double[] x, double[] y) {
        double[] w = parameter(operation.weights());
        eachProduct(operation, (from, to, weight) -> y[to] += w[weight] * x[from]);
        if (operation.biased()) {
            double[] bias = parameter(operation.bias());
            Value out = program.value(operation.out());
            for (int i = 0; i < y.length; i++) {
                y[i] += bias[i / out.positions() % out.channels()];
            }
        }
    }

    private void convolveBack(Convolve operation, double[] x, double[] dx, double[] dy) {
        double[] w = parameter(operation.weights());
        double[] dw = new double[w.length];
        eachProduct(operation, (from, to, weight) -> {
            dw[weight] += x[from] * dy[to];
            dx[from] += w[weight] * dy[to];
        });
        gradients.put(operation.weights(), dw);
        if (operation.biased()) {
            Value out = program.value(operation.out());
            double[] db = new double[out.channels()];
            for (int i = 0; i < dy.length; i++) {
                db[i / out.positions() % out.channels()] += dy[i];
            }
            gradients.put(operation.bias(), db);
        }
    }

    /** Indices of an input, of the output it contributes to, and of the weight. */
    private interface Product {
        void at(int from, int to, int weight);
    }

    private void eachProduct(Convolve operation, Product product) {
        Value in = program.value(operation.in());
        Value out = program.value(operation.out());
        List<Tap> taps = taps(operation.window(), in, out);
        int area =
                operation.window().rows().size() * operation.window().columns().size();
        for (int o = 0; o < images * out.channels(); o++) {
            for (int c = 0; c < in.channels(); c++) {
                int from = (o / out.channels() * in.channels() + c) * in.positions();
                int weights = (o % out.channels() * in.channels() + c) * area;
                for (Tap tap : taps) {
                    product.at(from + tap.in(), o * out.positions() + tap.out(), weights + tap.index());
                }
            }
        }
    }

    /** Of one channel: mean, biased variance and 1 / deviation. */
    private double[] moments(Normalize operation, double[] x, int channel) {
        Value value = program.value(operation.in());
        double mean = 0;
        double squares = 0;
        int rows = images * value.positions();
        for (int i = 0; i < rows; i++) {
            mean += x[index(value, channel, i)] / rows;
        }
        for (int i = 0; i < rows; i++) {
            double deviation = x[index(value, channel, i)] - mean;
            squares += deviation * deviation;
        }
        return new double[] {mean, squares / rows, 1 / Math.sqrt(squares / rows + operation.epsilon())};
    }

    /** The index of the i-th number of a channel. */
    private static int index(Value value, int channel, int i) {
        return (i / value.positions() * value.channels() + channel) * value.positions() + i % value.positions();
    }

    private void normalize(Normalize operation, double[] x, double[] y) {
        Value value = program.value(operation.in());
        double[] gamma = parameter(operation.parameter("gamma"));
        double[] beta = parameter(operation.parameter("beta"));
        double[] means = parameter(operation.parameter("mean")).clone();
        double[] variances = parameter(operation.parameter("var")).clone();
        double rows = images * value.positions();
        for (int c = 0; c < value.channels(); c++) {
            double[] moments = moments(operation, x, c);
            for (int i = 0; i < rows; i++) {
                int at = index(value, c, i);
                y[at] = (x[at] - moments[0]) * moments[2] * gamma[c] + beta[c];
            }
            double variance = operation.unbiased() ? moments[1] * rows / (rows - 1) : moments[1];
            means[c] = (1 - operation.decay()) * (means[c] - moments[0]);
            variances[c] = (1 - operation.decay()) * (variances[c] - variance);
        }
        gradients.put(operation.parameter("mean"), means);
        gradients.put(operation.parameter("var"), variances);
    }

    private void normalizeBack(Normalize operation, double[] x, double[] dx, double[] dy) {
        Value value = program.value(operation.in());
        double[] gamma = parameter(operation.parameter("gamma"));
        double[] dGamma = new double[gamma.length];
        double[] dBeta = new double[gamma.length];
        int rows = images * value.positions();
        for (int c = 0; c < value.channels(); c++) {
            double[] moments = moments(operation, x, c);
            for (int i = 0; i < rows; i++) {
                int at = index(value, c, i);
                dBeta[c] += dy[at];
                dGamma[c] += dy[at] * (x[at] - moments[0]) * moments[2];
            }
            for (int i = 0; i < rows; i++) {
                int at = index(value, c, i);
                double normalized = (x[at] - moments[0]) * moments[2];
                dx[at] += gamma[c] * moments[2] * (dy[at] - dBeta[c] / rows - normalized * dGamma[c] / rows);
            }
        }
        gradients.put(operation.parameter("gamma"), dGamma);
        gradients.put(operation.parameter("beta"), dBeta);
    }

    /** Indices of an input and of the output it is a part of, and its share. */
    private interface Share {
        void at(int from, int to, double weight);
    }

    /** The first maximum has the complete share, those under a mean have equal ones. */
    private void pool(Pool operation, Share share) {
        Value in = program.value(operation.in());
        Value out = program.value(operation.out());
        double[] x = values[operation.in()];
        List<Tap> taps = taps(operation.window(), in, out);
        for (int plane = 0; plane < images * out.channels(); plane++) {
            int first = 0;
            while (first < taps.size()) {
                int end = first;
                int largest = first;
                for (;
                        end < taps.size()
                                && taps.get(end).out() == taps.get(first).out();
                        end++) {
                    double value = x[plane * in.positions() + taps.get(end).in()];
                    largest =
                            value > x[plane * in.positions() + taps.get(largest).in()] ? end : largest;
                }
                boolean maximum = operation.kind() == Pool.Kind.MAXIMUM;
                for (int i = maximum ? largest : first; i < (maximum ? largest + 1 : end); i++) {
                    Tap tap = taps.get(i);
                    share.at(
                            plane * in.positions() + tap.in(),
                            plane * out.positions() + tap.out(),
                            maximum ? 1 : 1.0 / (end - first));
                }
                first = end;
            }
        }
    }

    private void pad(PadChannels operation, Share share) {
        Value in = program.value(operation.in());
        int wide = program.value(operation.out()).size();
        for (int i = 0; i < images * in.size(); i++) {
            share.at(i, i / in.size() * wide + i % in.size(), 1);
        }
    }

    /** Softmax cross entropy; leaves the gradient of its sum. */
    private double loss(double[] labels) {
        int classes = program.value(program.logits()).channels();
        double[] logits = values[program.logits()];
        double[] gradient = slopes[program.logits()];
        double loss = 0;
        for (int row = 0; row < labels.length; row += classes) {
            double sum = 0;
            double shares = 0;
            double shift = logits[row];
            for (int c = row; c < row + classes; c++) {
                sum += Math.exp(logits[c] - shift);
                shares += labels[c];
            }
            for (int c = row; c < row + classes; c++) {
                double logarithm = logits[c] - shift - Math.log(sum);
                loss -= labels[c] == 0 ? 0 : labels[c] * logarithm;
                gradient[c] = shares * Math.exp(logarithm) - labels[c];
            }
        }
        return loss / images;
    }
}
