package io.residual.cuda.step;

import io.residual.cuda.device.CapturedGraph;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.plan.Planner.Pass;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/** A network that predicts on a device, by its running statistics. Not for several threads at once. */
public final class DeviceInference implements AutoCloseable {
    private final Device device;
    private final Format format;
    private final int pixels;
    private final int classes;
    private final int batch;
    private final Parameters parameters;
    private final BatchStep step;
    private final CapturedGraph graph;

    /**
     * Prepares batches.
     *
     * @param batch how many images are computed at a time, at least 1; fewer take as long
     * @param parameters by name as in {@link Program}, each in Deeplearning4j's order
     * @throws IllegalArgumentException if a parameter is missing or of another length
     */
    public DeviceInference(Device device, Program program, Format format, int batch, Map<String, float[]> parameters) {
        this.device = device;
        this.format = format;
        this.batch = batch;
        Value image = program.value(program.input());
        this.pixels = image.size();
        this.classes = program.value(program.logits()).channels();
        WideInput wide = WideInput.of(program, format);
        this.parameters = new Parameters(device, wide, format);
        this.parameters.set(parameters);
        this.step = new BatchStep(device, wide, format, this.parameters, batch);
        this.graph = device.capture(step::infer);
    }

    /**
     * Memory on the device that batches of a size need besides the parameters, in bytes; convolutions need some more for a while.
     */
    public static long bytes(Program program, Format format, int batch) {
        return BatchMemory.bytes(WideInput.of(program, format), format, batch, Pass.INFERENCE);
    }

    /**
     * The outputs before the softmax.
     *
     * @param images N of them, [N, height, width, channels]
     * @return [N, classes], behind one another
     */
    public float[] logits(float... images) {
        int count = images.length / pixels;
        float[] logits = new float[count * classes];
        for (int from = 0; from < count; from += batch) {
            int here = Math.min(batch, count - from);
            float[] some = Arrays.copyOfRange(images, from * pixels, (from + here) * pixels);
            device.upload(format.buffer(some), step.memory().input());
            graph.launch();
            ByteBuffer bytes = Device.buffer((long) here * classes * Float.BYTES);
            device.download(step.logits(), bytes);
            bytes.asFloatBuffer().get(logits, from * classes, here * classes);
        }
        return logits;
    }

    @Override
    public void close() {
        graph.close();
        step.close();
        parameters.close();
    }
}
