package io.residual.benchmark.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.network.TensorFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Child process: ONNX Runtime on the model that this project exports. It does not train. */
public final class OnnxWorker implements AutoCloseable {
    /** Names in the exported model. */
    private static final String IMAGES = "images";

    private static final String LOGITS = "logits";

    private final Job job;
    private final ModelFile model;
    private final OrtEnvironment runtime = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final OnnxTensor images;

    private OnnxWorker(Job job) throws IOException, OrtException {
        this.job = job;
        this.model = new ModelFile(job.model(job.precision()));
        SessionOptions options = new SessionOptions();
        options.setIntraOpNumThreads(job.threads());
        options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        this.session = runtime.createSession(model.path().toString(), options);
        this.images = images(TensorFile.open(Path.of(job.tensors())));
    }

    public static void main(String[] arguments) throws IOException, OrtException {
        try (OnnxWorker worker = new OnnxWorker(Job.read(arguments))) {
            worker.answer().print(System.out);
        }
    }

    private OnnxTensor images(TensorFile tensors) throws OrtException {
        float[] pixels = tensors.values(TensorFile.IMAGES);
        FloatBuffer direct = ByteBuffer.allocateDirect(Float.BYTES * pixels.length)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer()
                .put(pixels)
                .rewind();
        long[] shape = tensors.shape(TensorFile.IMAGES).stream()
                .mapToLong(Integer::longValue)
                .toArray();
        return OnnxTensor.createTensor(runtime, direct, shape);
    }

    private Measurement answer() throws IOException {
        Map<String, String> versions = Map.of("ONNX Runtime", runtime.getVersion());
        return switch (job.task()) {
            case TRAIN -> throw new IllegalArgumentException("ONNX Runtime does not train");
            // Counting them in the file would read it into this process, whose memory is measured.
            case INFER ->
                Measurement.timed(job.plan().time(this::logits), job.spec().parameters(), versions);
            case CHECK ->
                Measurement.checked(Measurement.logProbabilities(logits()), List.of(), parameters(), versions);
        };
    }

    /** Batch norms that are folded into integers leave none of their own: those are not counted in the file. */
    private long parameters() throws IOException {
        return job.precision() == Precision.INT8 ? job.spec().parameters() : model.parameters();
    }

    private float[][] logits() {
        try (OrtSession.Result result = session.run(Map.of(IMAGES, images), Set.of(LOGITS))) {
            return (float[][]) result.get(0).getValue();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws OrtException {
        images.close();
        session.close();
    }
}
