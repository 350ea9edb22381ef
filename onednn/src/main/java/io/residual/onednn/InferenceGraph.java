package io.residual.onednn;

import io.residual.onednn.inference.CompiledInference;
import io.residual.onednn.kernels.Nhwc;
import io.residual.program.Program;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.bytedeco.javacpp.BytePointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network for inference only, several times as fast: batch norms are folded into the convolutions before them, which also
 * add the shortcut and do the ReLU, and a few images at a time go through all operations in a core's cache.
 *
 * <p>It follows the network that it was made of: when that is trained further or gets other parameters, the next call uses
 * them. To see that, each call reads all parameters once (a checksum; 3 ms for 45 MB). Results differ from the network's
 * by rounding. Calls from several threads wait for each other.
 */
public final class InferenceGraph {
    private static final int CHUNK_BYTES = 4 << 20;

    private final ComputationGraph network;
    private final CompiledInference inference;
    private List<Long> checksums;

    InferenceGraph(Program program, ComputationGraph network) {
        this.network = network;
        inference = CompiledInference.floats(program, parameters(network));
        checksums = checksums(network.params());
    }

    /** The parameters of a network by name, each a new array in the order in which they lie in memory. */
    public static Function<String, float[]> parameters(ComputationGraph network) {
        return name -> {
            INDArray values = network.getParam(name);
            if (values == null) {
                throw new IllegalArgumentException("the network has no parameter " + name);
            }
            return Nhwc.floats(values);
        };
    }

    /**
     * The outputs before the softmax.
     *
     * @param images FLOAT [N, channels, height, width]
     * @return [N, classes]
     */
    public synchronized float[][] logits(INDArray images) {
        List<Long> now = checksums(network.params());
        if (!now.equals(checksums)) {
            inference.refresh();
            checksums = now;
        }
        return inference.logits(images);
    }

    /**
     * The probabilities of the classes.
     *
     * @param images FLOAT [N, channels, height, width]
     * @return FLOAT [N, classes]
     */
    public INDArray output(INDArray images) {
        float[][] rows = logits(images);
        for (float[] row : rows) {
            softmax(row);
        }
        return Nd4j.createFromArray(rows);
    }

    private static void softmax(float[] row) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : row) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : row) {
            sum += Math.exp(logit - largest);
        }
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) (Math.exp(row[i] - largest) / sum);
        }
    }

    private static List<Long> checksums(INDArray parameters) {
        var bytes = new BytePointer(Nhwc.address(parameters)).capacity(parameters.length() * Float.BYTES);
        int chunks = Math.toIntExact((bytes.capacity() + CHUNK_BYTES - 1) / CHUNK_BYTES);
        return IntStream.range(0, chunks)
                .parallel()
                .mapToObj(chunk -> {
                    long start = (long) chunk * CHUNK_BYTES;
                    var part = bytes.getPointer(start).capacity(Math.min(CHUNK_BYTES, bytes.capacity() - start));
                    var checksum = new CRC32C();
                    checksum.update(part.asByteBuffer());
                    return checksum.getValue();
                })
                .toList();
    }
}
