package io.residual.benchmark.djl;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.network.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Child process: DJL on PyTorch's native library, by DJL's own blocks, trainer and gradient collector. */
public final class DjlWorker implements AutoCloseable {
    /** DJL's parameter names of a batch norm by PyTorch's; those of the other blocks are the same. */
    private static final Map<String, String> BATCH_NORM =
            Map.of("weight", "gamma", "bias", "beta", "running_mean", "runningMean", "running_var", "runningVar");

    private final Job job;
    private final Loss loss = new SoftmaxCrossEntropyLoss();
    private final Model model;
    private final Trainer trainer;
    private final TensorFile tensors;

    private DjlWorker(Job job) throws IOException {
        this.job = job;
        this.tensors = TensorFile.open(Path.of(job.tensors()));
        DjlResNet network = DjlResNet.of(job.spec());
        this.model = Model.newInstance("resnet", "PyTorch");
        model.setBlock(network.root());
        this.trainer = model.newTrainer(new DefaultTrainingConfig(loss)
                .optOptimizer(Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed((float) Job.LEARNING_RATE))
                        .build()));
        trainer.initialize(shape(TensorFile.IMAGES));
        network.weighted()
                .forEach((path, block) -> block.getDirectParameters().values().forEach(p -> load(path, p)));
    }

    public static void main(String[] arguments) throws IOException {
        try (DjlWorker worker = new DjlWorker(Job.read(arguments))) {
            worker.answer().print(System.out);
        }
    }

    private void load(String path, Parameter parameter) {
        String name = parameter.getName();
        String end = BATCH_NORM.entrySet().stream()
                .filter(e -> e.getValue().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(name);
        parameter.getArray().set(tensors.values(path + "." + end));
    }

    private Measurement answer() {
        Engine engine = Engine.getEngine("PyTorch");
        Map<String, String> versions = Map.of(
                "DJL", Engine.getDjlVersion(),
                "PyTorch", engine.getVersion());
        long parameters = model.getBlock().getParameters().values().stream()
                .filter(Parameter::requiresGradient)
                .mapToLong(p -> p.getArray().size())
                .sum();
        NDManager manager = trainer.getManager();
        NDArray images = manager.create(tensors.values(TensorFile.IMAGES), shape(TensorFile.IMAGES));
        NDArray labels = manager.create(tensors.values(TensorFile.LABELS), shape(TensorFile.LABELS))
                .toType(DataType.INT64, false);
        return switch (job.task()) {
            case TRAIN -> Measurement.timed(job.plan().time(() -> trainingStep(images, labels)), parameters, versions);
            case INFER -> Measurement.timed(job.plan().time(() -> inference(images)), parameters, versions);
            case CHECK -> Measurement.checked(logProbabilities(images), losses(images, labels), parameters, versions);
        };
    }

    /** Every array of a step belongs to a manager of its own, whose end frees it. */
    private double trainingStep(NDArray images, NDArray labels) {
        try (NDManager step = trainer.getManager().newSubManager()) {
            NDArray x = images.duplicate();
            x.attach(step);
            NDArray y = labels.duplicate();
            y.attach(step);
            NDArray mean;
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList logits = trainer.forward(new NDList(x));
                mean = loss.evaluate(new NDList(y), logits);
                collector.backward(mean);
            }
            trainer.step();
            return mean.getFloat();
        }
    }

    private void inference(NDArray images) {
        try (NDManager step = trainer.getManager().newSubManager()) {
            NDArray x = images.duplicate();
            x.attach(step);
            trainer.evaluate(new NDList(x));
        }
    }

    private List<Double> logProbabilities(NDArray images) {
        NDArray logits = trainer.evaluate(new NDList(images)).singletonOrThrow();
        List<Double> logProbabilities = new ArrayList<>();
        for (float logProbability : logits.logSoftmax(1).toFloatArray()) {
            logProbabilities.add((double) logProbability);
        }
        return logProbabilities;
    }

    private List<Double> losses(NDArray images, NDArray labels) {
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < Job.CHECKED_STEPS; i++) {
            losses.add(trainingStep(images, labels));
        }
        return losses;
    }

    private Shape shape(String tensor) {
        return new Shape(
                tensors.shape(tensor).stream().mapToLong(Integer::longValue).toArray());
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
