package io.residual.benchmark.pytorch;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Versions;
import io.residual.benchmark.network.Network;
import io.residual.benchmark.network.TensorFile;
import io.residual.benchmark.pytorch.PyTorchResNet.Mode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Child process: PyTorch called from Java, channels last, with autocast in bf16. */
public final class PyTorchWorker {
    private final Job job;
    private final PyTorchResNet network;
    private final SGD optimiser;
    private final Tensor images;
    private final Tensor labels;

    private PyTorchWorker(Job job) throws IOException {
        this.job = job;
        torch.set_num_threads(job.threads());
        TensorFile file = TensorFile.open(Path.of(job.tensors()));
        this.network = PyTorchResNet.of(Network.of(job.spec()), file);
        this.images = PyTorchResNet.floats(file, TensorFile.IMAGES).contiguous(MemoryFormat.ChannelsLast);
        this.labels = PyTorchResNet.floats(file, TensorFile.LABELS).to(ScalarType.Long);
        this.optimiser = new SGD(
                new TensorVector(network.parameters().toArray(Tensor[]::new)), new SGDOptions(Job.LEARNING_RATE));
    }

    public static void main(String[] arguments) throws IOException {
        new PyTorchWorker(Job.read(arguments)).answer().print(System.out);
    }

    private Measurement answer() {
        Map<String, String> versions = Map.of("PyTorch by JavaCPP", Versions.of(torch.class, "org.bytedeco/pytorch"));
        long parameters = network.parameters().stream().mapToLong(Tensor::numel).sum();
        return switch (job.task()) {
            case TRAIN -> Measurement.timed(job.plan().time(this::trainingStep), parameters, versions);
            case INFER -> Measurement.timed(job.plan().time(this::inference), parameters, versions);
            case CHECK -> Measurement.checked(logProbabilities(), losses(), parameters, versions);
        };
    }

    /** Every tensor of a step belongs to its scope, whose end frees it. */
    @SuppressWarnings("try") // the scope frees what is made in it
    private double trainingStep() {
        try (PointerScope step = new PointerScope()) {
            optimiser.zero_grad();
            Tensor loss = autocast(() -> torch.cross_entropy_loss(network.logits(images, Mode.TRAINING), labels));
            loss.backward();
            optimiser.step();
            return loss.item_float();
        }
    }

    @SuppressWarnings("try") // the scope frees what is made in it, and the mode ends with it
    private void inference() {
        try (PointerScope step = new PointerScope();
                InferenceMode mode = new InferenceMode(true)) {
            autocast(() -> network.logits(images, Mode.EVALUATION));
        }
    }

    /** As {@code with torch.autocast} does around each step: its copies of weights in bf16 last as long as the step. */
    private Tensor autocast(Supplier<Tensor> forward) {
        if (job.precision() == Precision.F32) {
            return forward.get();
        }
        torch.set_autocast_enabled(DeviceType.CPU, true);
        torch.set_autocast_dtype(DeviceType.CPU, ScalarType.BFloat16);
        try {
            return forward.get();
        } finally {
            torch.set_autocast_enabled(DeviceType.CPU, false);
            torch.clear_cache();
        }
    }

    @SuppressWarnings("try") // the scope frees what is made in it, and the mode ends with it
    private List<Double> logProbabilities() {
        List<Double> logProbabilities = new ArrayList<>();
        try (PointerScope step = new PointerScope();
                InferenceMode mode = new InferenceMode(true)) {
            Tensor logits =
                    autocast(() -> network.logits(images, Mode.EVALUATION)).to(ScalarType.Float);
            FloatBuffer values = torch.log_softmax(logits, 1).contiguous().createBuffer();
            while (values.hasRemaining()) {
                logProbabilities.add((double) values.get());
            }
        }
        return logProbabilities;
    }

    private List<Double> losses() {
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < Job.CHECKED_STEPS; i++) {
            losses.add(trainingStep());
        }
        return losses;
    }
}
