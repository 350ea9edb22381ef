package io.residual.benchmark.dl4j;

import static java.util.Objects.requireNonNull;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.network.Network;
import io.residual.benchmark.network.Network.Tensor;
import io.residual.benchmark.network.TensorFile;
import io.residual.core.graph.PyTorchBatchNorm;
import io.residual.core.graph.ResNetGraph;
import io.residual.onednn.Availability;
import io.residual.onednn.OneDnn;
import io.residual.onednn.kernels.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Child process: stock DL4J ({@code stock}), with this project's kernels ({@code onednn}), with those on factors of 16
 * bits ({@code bf16}), or with them and its form for inference ({@code folded}), which does not train.
 */
public final class Dl4jWorker {
    /** DL4J's ends of parameter names by PyTorch's. */
    private static final Map<String, String> BATCH_NORM =
            Map.of("weight", "gamma", "bias", "beta", "running_mean", "mean", "running_var", "var");

    private static final String STOCK = "stock";
    private static final String ONEDNN = "onednn";
    private static final String BF16 = "bf16";
    private static final String FOLDED = "folded";

    private static final Map<String, String> WEIGHTED = Map.of("weight", "W", "bias", "b");

    /** Forward pass in evaluation mode: images [N, channels, height, width] to probabilities [N, classes]. */
    private interface Inference {
        INDArray probabilities(INDArray images);
    }

    private final Job job;
    private final ComputationGraph graph;
    private final Inference inference;
    private final INDArray images;
    private final INDArray oneHot;

    private Dl4jWorker(Job job) throws IOException {
        this.job = job;
        this.graph = new ComputationGraph(configuration(job));
        graph.init();
        TensorFile tensors = TensorFile.open(Path.of(job.tensors()));
        for (Tensor tensor : Network.of(job.spec()).tensors()) {
            load(tensor, tensors.values(tensor.name()));
        }
        this.inference = job.variant().equals(FOLDED)
                ? OneDnn.inference(graph)::output
                : input -> graph.outputSingle(false, input);
        this.images = Nd4j.createFromArray(tensors.values(TensorFile.IMAGES))
                .reshape(
                        'c',
                        tensors.shape(TensorFile.IMAGES).stream()
                                .mapToLong(Integer::longValue)
                                .toArray());
        this.oneHot = Nd4j.zeros(job.batch(), job.spec().classes());
        float[] labels = tensors.values(TensorFile.LABELS);
        for (int i = 0; i < labels.length; i++) {
            oneHot.putScalar(i, (int) labels[i], 1);
        }
    }

    public static void main(String[] arguments) throws IOException {
        new Dl4jWorker(Job.read(arguments)).answer().print(System.out);
    }

    private static ComputationGraphConfiguration configuration(Job job) {
        ComputationGraphConfiguration stock = ResNetGraph.configuration(job.spec(), new Sgd(Job.LEARNING_RATE), 1);
        return switch (job.variant()) {
            case STOCK -> stock;
            case ONEDNN, FOLDED -> accelerated(stock, Precision.F32);
            case BF16 -> accelerated(stock, Precision.BF16);
            default -> throw new IllegalArgumentException("no variant of DL4J is called " + job.variant());
        };
    }

    private static ComputationGraphConfiguration accelerated(ComputationGraphConfiguration stock, Precision precision) {
        if (OneDnn.availability() instanceof Availability.Unavailable why) {
            throw new IllegalStateException(why.reason());
        }
        OneDnn.limitBlas();
        return OneDnn.accelerate(stock, PyTorchBatchNorm.class::isInstance, precision);
    }

    private void load(Tensor tensor, float[] values) {
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

    private Measurement answer() {
        Map<String, String> versions = versions();
        long parameters = job.spec().parameters();
        return switch (job.task()) {
            case TRAIN -> Measurement.timed(job.plan().time(this::trainingStep), parameters, versions);
            case INFER ->
                Measurement.timed(job.plan().time(() -> inference.probabilities(images)), parameters, versions);
            case CHECK -> Measurement.checked(logProbabilities(), losses(), parameters, versions);
        };
    }

    private Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        versions.put("ND4J backend", Nd4j.getBackend().getClass().getSimpleName());
        try (InputStream properties = ComputationGraph.class.getResourceAsStream(
                "/META-INF/maven/org.deeplearning4j/deeplearning4j-nn/pom.properties")) {
            Properties library = new Properties();
            library.load(requireNonNull(properties));
            versions.put("DL4J", library.getProperty("version"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!job.variant().equals(STOCK) && OneDnn.availability() instanceof Availability.Available oneDnn) {
            versions.put("oneDNN", oneDnn.version());
        }
        return versions;
    }

    private void trainingStep() {
        graph.fit(new INDArray[] {images}, new INDArray[] {oneHot});
    }

    private List<Double> logProbabilities() {
        List<Double> logProbabilities = new ArrayList<>();
        for (float probability : inference.probabilities(images).dup('c').data().asFloat()) {
            logProbabilities.add(Math.log(probability));
        }
        return logProbabilities;
    }

    private List<Double> losses() {
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < Job.CHECKED_STEPS; i++) {
            trainingStep();
            losses.add(graph.score());
        }
        return losses;
    }
}
