package io.residual.benchmark.dl4j;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.measurement.Versions;
import io.residual.core.graph.ResNetGraph;
import io.residual.data.Batch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Child process: the network's configuration in stock DL4J. */
public final class StockWorker {
    private final Job job;
    private final ComputationGraph graph;
    private final INDArray images;
    private final INDArray oneHot;

    private StockWorker(Job job) throws IOException {
        this.job = job;
        this.graph = new ComputationGraph(ResNetGraph.configuration(job.spec(), new Sgd(Job.LEARNING_RATE), 1));
        graph.init();
        GraphInputs inputs = GraphInputs.of(job);
        inputs.load(graph);
        this.images = inputs.images();
        this.oneHot = new Batch(images, inputs.labels()).oneHot(job.spec().classes());
    }

    public static void main(String[] arguments) throws IOException {
        new StockWorker(Job.read(arguments)).answer().print(System.out);
    }

    private Measurement answer() {
        Map<String, String> versions = versions();
        long parameters = job.spec().parameters();
        return switch (job.task()) {
            case TRAIN -> Measurement.timed(job.plan().time(this::trainingStep), parameters, versions);
            case INFER -> Measurement.timed(job.plan().time(this::probabilities), parameters, versions);
            case CHECK -> Measurement.checked(GraphInputs.logarithms(probabilities()), losses(), parameters, versions);
        };
    }

    static Map<String, String> versions() {
        return Map.of(
                "ND4J backend",
                Nd4j.getBackend().getClass().getSimpleName(),
                "DL4J",
                Versions.of(ComputationGraph.class, "org.deeplearning4j/deeplearning4j-nn"));
    }

    private void trainingStep() {
        graph.fit(new INDArray[] {images}, new INDArray[] {oneHot});
    }

    private INDArray probabilities() {
        return graph.outputSingle(false, images);
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
