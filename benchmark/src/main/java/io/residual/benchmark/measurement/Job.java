package io.residual.benchmark.measurement;

import io.residual.core.ResNetSpec;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a child process has to do. It travels as a JSON file, whose path is the last argument of the process.
 *
 * @param variant which flavour of the contestant to run, such as {@code channels-last}
 * @param precision of the products
 * @param batch images in a step
 * @param tensors path of a {@link io.residual.benchmark.network.TensorFile}
 * @param threads of the compute kernels
 */
public record Job(
        Task task,
        String variant,
        Precision precision,
        ResNetSpec spec,
        int batch,
        String tensors,
        int threads,
        MeasurementPlan plan) {
    /** Learning rate of the plain SGD of every contestant. */
    public static final double LEARNING_RATE = 0.05;

    /** Training steps of {@link Task#CHECK}. */
    public static final int CHECKED_STEPS = 2;

    /** Reads the job that the process was started with. */
    public static Job read(String[] arguments) throws IOException {
        return Json.MAPPER.readValue(Path.of(arguments[arguments.length - 1]).toFile(), Job.class);
    }

    /** Where the network lies as an ONNX model of a precision, for those who read that. */
    public Path model(Precision of) {
        return Path.of(tensors).resolveSibling(of == Precision.INT8 ? "model-int8.onnx" : "model.onnx");
    }

    public void write(Path file) throws IOException {
        Json.MAPPER.writeValue(file.toFile(), this);
    }
}
