package io.residual.evaluation.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** ONNX Runtime, the referee, on a file. */
final class OnnxSession implements AutoCloseable {
    private final OrtSession session;

    OnnxSession(Path file) throws OrtException {
        session = OrtEnvironment.getEnvironment().createSession(file.toString());
    }

    /** Probabilities [N, classes] of images [N, channels, height, width]. */
    float[][] probabilities(float[] images, long... shape) throws OrtException {
        try (OnnxTensor input =
                        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), FloatBuffer.wrap(images), shape);
                OrtSession.Result result = session.run(Map.of("images", input))) {
            return (float[][]) result.get("probabilities").orElseThrow().getValue();
        }
    }

    Map<String, String> metadata() throws OrtException {
        return session.getMetadata().getCustomMetadata();
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
