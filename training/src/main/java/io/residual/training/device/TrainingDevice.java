package io.residual.training.device;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Device;
import io.residual.cuda.nvidia.Determinism;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import io.residual.training.config.Precision;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.StepExecutor;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.loop.WorkerGroup;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.optim.LabelWeights;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What trains a run: the CPU with its kernels, or a GPU, or workers in other processes. */
public final class TrainingDevice implements AutoCloseable {
    private final ComputeKernels onCpu;
    private final @Nullable Device device;
    /** Empty where this process takes the steps. */
    private final Optional<WorkerGroup> workers;

    private final String note;

    private TrainingDevice(ComputeKernels onCpu, @Nullable Device device, Optional<WorkerGroup> workers, String note) {
        this.onCpu = onCpu;
        this.device = device;
        this.workers = workers;
        this.note = note;
    }

    /**
     * What is asked for.
     *
     * @param determinism of a GPU
     * @param kernels of the CPU
     * @param opener of GPUs
     * @param workers in other processes, if they take the steps
     */
    public record Request(
            DeviceChoice choice,
            Determinism determinism,
            KernelChoice kernels,
            DeviceOpener opener,
            Optional<WorkerGroup> workers) {}

    /**
     * Chooses for a run, and opens a GPU if one is to be used.
     *
     * @param begun what trained the run so far: it resumes there unless another device is asked for
     * @param images that it is trained on
     * @throws ResidualException of kind NO_DEVICE if the GPU that is asked for cannot be used, BAD_SETTING if the device cannot
     *     train by the spec, OUT_OF_MEMORY if batches do not fit
     */
    public static TrainingDevice open(
            Request request, Optional<ComputeKernels> begun, TrainingSpec spec, ResNetSpec network, ImageSet images) {
        if (request.workers().isPresent()) {
            return of(request.workers().get(), request, spec, images);
        }
        Optional<String> unsupported = unsupported(spec, network, images);
        boolean isAuto = request.choice().kind() == DeviceChoice.Kind.AUTO;
        if (request.choice().kind() == DeviceChoice.Kind.CUDA
                || (isAuto && begun.equals(Optional.of(ComputeKernels.CUDA)))) {
            unsupported.ifPresent(what -> {
                throw new ResidualException(
                        Kind.BAD_SETTING, what + ": a GPU does not train that: leave it out, or train on device cpu");
            });
            return gpu(request).requireMemory(spec, network, images);
        }
        String reason = "";
        if (isAuto && begun.isEmpty() && request.kernels() == KernelChoice.AUTO) {
            try {
                if (unsupported.isEmpty()) {
                    return gpu(request).requireMemory(spec, network, images);
                }
                reason = "a GPU does not train " + unsupported.get();
            } catch (ResidualException e) {
                if (e.kind() == Kind.OUT_OF_MEMORY) {
                    throw e;
                }
                reason = e.getCause() instanceof CudaException cause
                        ? DeviceErrors.reason(cause)
                        : String.valueOf(e.getMessage());
            }
        }
        TrainingDevice cpu = new TrainingDevice(
                request.kernels().resolve(), null, Optional.empty(), reason.isEmpty() ? "CPU" : "CPU; " + reason);
        cpu.describe(spec.optimisation().precision());
        return cpu;
    }

    private static TrainingDevice of(WorkerGroup workers, Request request, TrainingSpec spec, ImageSet images) {
        if (request.choice().kind() == DeviceChoice.Kind.CUDA) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "device " + request.choice() + ": " + workers.describe() + " train on CPUs: use device cpu");
        }
        workers.requireFits(spec, images);
        TrainingDevice cpus =
                new TrainingDevice(request.kernels().resolve(), null, Optional.of(workers), workers.describe());
        cpus.describe(spec.optimisation().precision());
        return cpus;
    }

    private static TrainingDevice gpu(Request request) {
        int index = request.choice().index();
        try {
            Device device = request.opener().open(index, request.determinism());
            return new TrainingDevice(
                    request.kernels().resolve(), device, Optional.empty(), "cuda:" + index + ", " + device.name());
        } catch (CudaException e) {
            throw DeviceErrors.of(e);
        }
    }

    /** This, or an error of kind OUT_OF_MEMORY. */
    private TrainingDevice requireMemory(TrainingSpec spec, ResNetSpec network, ImageSet images) {
        boolean fits = false;
        try {
            DeviceRecipe.of(spec.optimisation(), TrainingLoop.batches(spec, images))
                    .requireMemory(
                            Network.program(network),
                            Objects.requireNonNull(device).freeBytes());
            fits = true;
            return this;
        } catch (UnsupportedNetworkException e) {
            throw new IllegalStateException(e);
        } finally {
            if (!fits) {
                close();
            }
        }
    }

    /** What a GPU does not train: a setting with its value, or a part of the network. */
    private static Optional<String> unsupported(TrainingSpec spec, ResNetSpec network, ImageSet images) {
        Optional<String> setting = DeviceRecipe.unsupported(
                spec, LabelWeights.of(spec.optimisation().imbalance(), images));
        if (setting.isPresent()) {
            return setting;
        }
        if (network.stochasticDepth().lastDrop() > 0) {
            return Optional.of("stochasticDepth " + network.stochasticDepth().lastDrop());
        }
        if (network.blockDropout() > 0) {
            return Optional.of("blockDropout " + network.blockDropout());
        }
        try {
            Network.program(network);
            return Optional.empty();
        } catch (UnsupportedNetworkException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** What trains, and in which order parameters lie in checkpoints. */
    public ComputeKernels kernels() {
        return device == null ? onCpu : ComputeKernels.CUDA;
    }

    /** What computes the network where the CPU does, such as after training. */
    public ComputeKernels onCpu() {
        return onCpu;
    }

    /** Whether it is a GPU. */
    public boolean isGpu() {
        return device != null;
    }

    /** For a log: which device this is, and why not another. */
    public String note() {
        return note;
    }

    /**
     * For people and manifests, such as "oneDNN 3.8.1, bf16 factors" or "CUDA (NVIDIA H100, bf16 factors)".
     *
     * @throws ResidualException of kind BAD_SETTING if it does not compute in that precision
     */
    public String describe(Precision precision) {
        return device == null
                ? onCpu.describe(precision)
                        + workers.map(group -> ", " + group.describe()).orElse("")
                : "CUDA (" + device.name()
                        + (precision == Precision.FLOAT32
                                ? ")"
                                : ", " + precision.name().toLowerCase(Locale.ROOT) + " factors)");
    }

    /**
     * The training of a network as the spec says.
     *
     * @throws CudaException if the GPU fails
     */
    public TrainingLoop loop(Network network, TrainingSpec spec, ImageSet training, ImageSet validation) {
        ImageBatches batches = TrainingLoop.batches(
                spec, training, workers.map(WorkerGroup::size).orElse(1));
        return new TrainingLoop(
                executor(network, spec, batches),
                batches,
                validation,
                ImageBatches.inOrder(validation, spec.data().input()));
    }

    private StepExecutor executor(Network network, TrainingSpec spec, ImageBatches batches) {
        if (device == null) {
            GraphExecutor local = GraphExecutor.of(network, spec, batches);
            return workers.isEmpty() ? local : workers.get().executor(local, spec, onCpu, batches.images());
        }
        try {
            return new DeviceExecutor(device, network.graph(), Network.program(network.spec()), spec, batches);
        } catch (UnsupportedNetworkException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (device != null) {
            device.close();
        }
    }
}
