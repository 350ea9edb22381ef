package io.residual.benchmark.dl4j;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.network.Network;
import io.residual.benchmark.network.Network.Tensor;
import io.residual.benchmark.network.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The weights and the batch of a job, for a graph of DL4J. */
record GraphInputs(Job job, TensorFile tensors) {
    /** DL4J's ends of parameter names by PyTorch's. */
    private static final Map<String, String> BATCH_NORM =
            Map.of("weight", "gamma", "bias", "beta", "running_mean", "mean", "running_var", "var");

    private static final Map<String, String> WEIGHTED = Map.of("weight", "W", "bias", "b");

    static GraphInputs of(Job job) throws IOException {
        return new GraphInputs(job, TensorFile.open(Path.of(job.tensors())));
    }

    /** Gives the graph the weights. */
    void load(ComputationGraph graph) {
        for (Tensor tensor : Network.of(job.spec()).tensors()) {
            load(graph, tensor, tensors.values(tensor.name()));
        }
    }

    private void load(ComputationGraph graph, Tensor tensor, float[] values) {
        String path = tensor.name().substring(0, tensor.name().lastIndexOf('.'));
        String end = tensor.name().substring(path.length() + 1);
        boolean weighted = path.equals("fc") || path.endsWith("conv") || path.contains(".conv");
        INDArray parameter = graph.getParam(path + "_" + (weighted ? WEIGHTED : BATCH_NORM).get(end));
        INDArray array = Nd4j.createFromArray(values);
        if (path.equals("fc") && end.equals("weight")) {
            array = array.reshape(job.spec().classes(), job.spec().features()).transpose();
        }
        parameter.assign(array.reshape(parameter.shape()));
    }

    /** [N, channels, height, width]. */
    INDArray images() {
        return Nd4j.createFromArray(tensors.values(TensorFile.IMAGES))
                .reshape(
                        'c',
                        tensors.shape(TensorFile.IMAGES).stream()
                                .mapToLong(Integer::longValue)
                                .toArray());
    }

    int[] labels() {
        float[] values = tensors.values(TensorFile.LABELS);
        int[] labels = new int[values.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (int) values[i];
        }
        return labels;
    }

    static List<Double> logarithms(INDArray probabilities) {
        List<Double> logarithms = new ArrayList<>();
        for (float probability : probabilities.dup('c').data().asFloat()) {
            logarithms.add(Math.log(probability));
        }
        return logarithms;
    }
}
