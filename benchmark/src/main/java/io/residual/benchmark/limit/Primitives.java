package io.residual.benchmark.limit;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.residual.benchmark.measurement.ConvolutionLimits.ConvolutionTime;
import io.residual.benchmark.measurement.MeasurementPlan;
import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.network.Convolution;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/** Times oneDNN primitives of 32-bit floats on the CPU, one at a time, with weights in whatever layout oneDNN prefers. */
final class Primitives implements AutoCloseable {
    /** Layouts of the activations: oneDNN's choice (blocked), [N, H, W, C], [N, C, H, W]. */
    static final List<format_tag> LAYOUTS = List.of(format_tag.any, format_tag.nhwc, format_tag.nchw);

    /** Every byte of the arrays; as a float 0.0115: neither zero nor subnormal, which some processors are slow at. */
    private static final int FILL = 0x3c;

    private final MeasurementPlan plan;
    private final engine cpu = new engine(engine.kind.cpu, 0);
    private final stream queue = new stream(cpu);

    Primitives(MeasurementPlan plan) {
        this.plan = plan;
    }

    /** Seconds of each pass over a batch in the layout that is fastest for that pass; the path is that of the convolution. */
    @SuppressWarnings("try") // the scope frees what is made in it
    ConvolutionTime fastest(Convolution convolution, int batch) {
        ConvolutionTime best = new ConvolutionTime(
                convolution.path(), Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
        for (format_tag layout : LAYOUTS) {
            try (PointerScope scope = new PointerScope()) {
                ConvolutionTime timed = time(convolution, batch, layout);
                best = new ConvolutionTime(
                        convolution.path(),
                        Math.min(best.forwardSeconds(), timed.forwardSeconds()),
                        Math.min(best.backwardDataSeconds(), timed.backwardDataSeconds()),
                        Math.min(best.backwardWeightsSeconds(), timed.backwardWeightsSeconds()));
            }
        }
        return best;
    }

    private ConvolutionTime time(Convolution c, int batch, format_tag layout) {
        int kernel = c.window().kernel();
        memory.desc src = floats(
                layout,
                batch,
                c.input().channels(),
                c.input().height(),
                c.input().width());
        memory.desc dst = floats(
                layout, batch, c.channels(), c.output().height(), c.output().width());
        memory.desc weights = floats(format_tag.any, c.channels(), c.input().channels(), kernel, kernel);
        memory.desc bias = floats(format_tag.x, c.channels());
        long[] strides = {c.window().stride(), c.window().stride()};
        long[] padding = {c.window().padding(), c.window().padding()};
        algorithm direct = algorithm.convolution_direct;

        var forward = new convolution_forward.primitive_desc(
                cpu, prop_kind.forward_training, direct, src, weights, bias, dst, strides, padding, padding);
        IntMemoryMap forwardArguments = new IntMemoryMap()
                .put(DNNL_ARG_SRC, array(forward.src_desc()))
                .put(DNNL_ARG_WEIGHTS, array(forward.weights_desc()))
                .put(DNNL_ARG_BIAS, array(forward.bias_desc()))
                .put(DNNL_ARG_DST, array(forward.dst_desc()));
        double forwardSeconds = seconds(new convolution_forward(forward), forwardArguments);

        var byData = new convolution_backward_data.primitive_desc(
                cpu, direct, src, weights, dst, strides, padding, padding, forward);
        IntMemoryMap dataArguments = new IntMemoryMap()
                .put(DNNL_ARG_DIFF_DST, array(byData.diff_dst_desc()))
                .put(DNNL_ARG_WEIGHTS, array(byData.weights_desc()))
                .put(DNNL_ARG_DIFF_SRC, array(byData.diff_src_desc()));
        double dataSeconds = seconds(new convolution_backward_data(byData), dataArguments);

        var byWeights = new convolution_backward_weights.primitive_desc(
                cpu, direct, src, weights, bias, dst, strides, padding, padding, forward);
        IntMemoryMap weightsArguments = new IntMemoryMap()
                .put(DNNL_ARG_SRC, array(byWeights.src_desc()))
                .put(DNNL_ARG_DIFF_DST, array(byWeights.diff_dst_desc()))
                .put(DNNL_ARG_DIFF_WEIGHTS, array(byWeights.diff_weights_desc()))
                .put(DNNL_ARG_DIFF_BIAS, array(byWeights.diff_bias_desc()));
        double weightsSeconds = seconds(new convolution_backward_weights(byWeights), weightsArguments);
        return new ConvolutionTime(c.path(), forwardSeconds, dataSeconds, weightsSeconds);
    }

    /** Seconds of a product of two square matrices. */
    @SuppressWarnings("try") // the scope frees what is made in it
    double matrixProductSeconds(int side) {
        try (PointerScope scope = new PointerScope()) {
            var product = new matmul.primitive_desc(
                    cpu,
                    floats(format_tag.ab, side, side),
                    floats(format_tag.any, side, side),
                    floats(format_tag.ab, side, side));
            IntMemoryMap arguments = new IntMemoryMap()
                    .put(DNNL_ARG_SRC, array(product.src_desc()))
                    .put(DNNL_ARG_WEIGHTS, array(product.weights_desc()))
                    .put(DNNL_ARG_DST, array(product.dst_desc()));
            return seconds(new matmul(product), arguments);
        }
    }

    private double seconds(primitive kernel, IntMemoryMap arguments) {
        return Summary.of(plan.time(() -> {
                    kernel.execute(queue, arguments);
                    queue._wait();
                }))
                .median();
    }

    private static memory.desc floats(format_tag layout, long... sizes) {
        return new memory.desc(sizes, data_type.f32, layout);
    }

    private memory array(memory.desc description) {
        memory array = new memory(description, cpu);
        Pointer.memset(array.get_data_handle(), FILL, description.get_size());
        return array;
    }

    @Override
    public void close() {
        queue.close();
        cpu.close();
    }
}
