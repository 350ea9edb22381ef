package io.residual.onednn.inference;

import io.residual.program.Operation;
import io.residual.program.Operation.Add;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A program in inference, one operation and one number after the other: what PyTorch's definitions say, in double precision. */
final class ExactInference {
    private final Program program;
    private final Function<String, float[]> parameters;
    private final double[][] values;

    private ExactInference(Program program, Function<String, float[]> parameters) {
        this.program = program;
        this.parameters = parameters;
        values = new double[program.values().size()][];
    }

    static float[][] logits(Program program, Function<String, float[]> parameters, INDArray images) {
        Map<String, float[]> known = new HashMap<>();
        float[][] logits = new float[(int) images.size(0)][];
        for (int i = 0; i < logits.length; i++) {
            ExactInference inference = new ExactInference(program, name -> known.computeIfAbsent(name, parameters));
            inference.values[program.input()] = images.slice(i).dup('c').data().asDouble();
            program.operations().forEach(inference::run);
            double[] row = inference.values[program.logits()];
            logits[i] = new float[row.length];
            for (int c = 0; c < row.length; c++) {
                logits[i][c] = (float) row[c];
            }
        }
        return logits;
    }

    private void run(Operation operation) {
        Value out = program.value(operation.out());
        double[] x = values[operation.inputs().get(0)];
        double[] y = new double[out.size()];
        for (int i = 0; i < y.length; i++) {
            int channel = i / out.positions();
            if (operation instanceof Convolve convolve) {
                y[i] = convolved(convolve, x, channel, i % out.positions());
            } else if (operation instanceof Normalize normalize) {
                y[i] = (x[i] - parameters.apply(normalize.parameter("mean"))[channel])
                                / Math.sqrt(parameters.apply(normalize.parameter("var"))[channel] + normalize.epsilon())
                                * parameters.apply(normalize.parameter("gamma"))[channel]
                        + parameters.apply(normalize.parameter("beta"))[channel];
            } else if (operation instanceof Add add) {
                y[i] = x[i] + values[add.right()][i];
            } else if (operation instanceof Pool pool) {
                y[i] = pooled(pool, x, channel, i % out.positions());
            } else if (operation instanceof PadChannels) {
                y[i] = i < x.length ? x[i] : 0;
            } else {
                y[i] = Math.max(0, x[i]);
            }
        }
        values[operation.out()] = y;
    }

    private double convolved(Convolve operation, double[] x, int channel, int position) {
        Value in = program.value(operation.in());
        float[] w = parameters.apply(operation.weights());
        double sum = operation.biased() ? parameters.apply(operation.bias())[channel] : 0;
        int[] taps = taps(operation.window(), in, program.value(operation.out()), position);
        for (int c = 0; c < in.channels(); c++) {
            for (int tap = 0; tap < taps.length; tap++) {
                if (taps[tap] >= 0) {
                    sum += x[c * in.positions() + taps[tap]] * w[(channel * in.channels() + c) * taps.length + tap];
                }
            }
        }
        return sum;
    }

    private double pooled(Pool pool, double[] x, int channel, int position) {
        Value in = program.value(pool.in());
        double[] seen = Arrays.stream(taps(pool.window(), in, program.value(pool.out()), position))
                .filter(at -> at >= 0)
                .mapToDouble(at -> x[channel * in.positions() + at])
                .toArray();
        return pool.kind() == Pool.Kind.MAXIMUM
                ? Arrays.stream(seen).reduce(Double.NEGATIVE_INFINITY, Math::max)
                : Arrays.stream(seen).reduce(0, Double::sum) / seen.length;
    }

    /** The position under each tap; -1 in the padding. */
    private static int[] taps(Window window, Value in, Value out, int position) {
        int[] taps = new int[window.rows().size() * window.columns().size()];
        for (int tap = 0; tap < taps.length; tap++) {
            int y = place(
                    window.rows(),
                    position / out.width(),
                    tap / window.columns().size());
            int x = place(
                    window.columns(),
                    position % out.width(),
                    tap % window.columns().size());
            taps[tap] = y < 0 || y >= in.height() || x < 0 || x >= in.width() ? -1 : y * in.width() + x;
        }
        return taps;
    }

    private static int place(Window.Axis axis, int out, int tap) {
        return out * axis.stride() - axis.before() + tap * axis.dilation();
    }
}
