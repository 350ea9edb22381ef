package io.residual.training.device;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.nvidia.Determinism;
import io.residual.cuda.step.DeviceInference;
import io.residual.program.Program;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.InferencePrecision;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What computes trained networks: the CPU with its kernels, or a GPU. Threads may share it. */
public final class InferenceDevice implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(InferenceDevice.class);

    private final ComputeKernels onCpu;
    private final InferencePrecision precision;
    private final int batch;
    private final @Nullable Device gpu;
    private final List<DeviceInference> prepared = new ArrayList<>();

    private InferenceDevice(ComputeKernels onCpu, InferencePrecision precision, int batch, @Nullable Device gpu) {
        this.onCpu = onCpu;
        this.precision = precision;
        this.batch = batch;
        this.gpu = gpu;
    }

    /** The CPU, in 32-bit floats. */
    public static InferenceDevice cpu(ComputeKernels kernels) {
        return new InferenceDevice(kernels, InferencePrecision.FLOAT32, 1, null);
    }

    /**
     * Opens what is chosen, or the nearest that there is, with a line that says so.
     *
     * @param batch images that are computed at a time on a GPU, at least 1; half as many, and so on, if they do not fit
     * @throws ResidualException of kind NO_DEVICE if the GPU that is asked for cannot be used, BAD_SETTING if kernels of the CPU are
     *     asked for, too
     */
    public static InferenceDevice open(InferenceChoice choice, int batch) {
        return open(choice, batch, DeviceOpener.NVIDIA);
    }

    /** As {@link #open(InferenceChoice, int)}, with GPUs that are opened in another way. */
    public static InferenceDevice open(InferenceChoice choice, int batch, DeviceOpener opener) {
        DeviceChoice device = choice.device();
        boolean noKernels = choice.kernels() == KernelChoice.AUTO;
        if (device.kind() == DeviceChoice.Kind.CUDA && !noKernels) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "kernels " + choice.kernels() + ": for the CPU alone: leave out either that or device " + device);
        }
        if (device.kind() != DeviceChoice.Kind.CPU
                && noKernels
                && (device.kind() == DeviceChoice.Kind.CUDA || choice.precision() != InferencePrecision.INT8)) {
            try {
                Device gpu = opener.open(device.index(), Determinism.DETERMINISTIC);
                LOG.info("Device: cuda:{}, {}", device.index(), gpu.name());
                return new InferenceDevice(
                        choice.kernels().resolve(), choice.precision().resolve(ComputeKernels.CUDA), batch, gpu);
            } catch (CudaException e) {
                if (device.kind() == DeviceChoice.Kind.CUDA) {
                    throw DeviceErrors.of(e);
                }
                LOG.info("Device: CPU; {}", DeviceErrors.reason(e));
            }
        }
        ComputeKernels kernels = choice.kernels().resolve();
        return new InferenceDevice(kernels, choice.precision().resolve(kernels), batch, null);
    }

    /** The kernels of networks that are loaded for it. */
    public ComputeKernels kernels() {
        return onCpu;
    }

    public boolean isGpu() {
        return gpu != null;
    }

    /** In which it computes. */
    public InferencePrecision precision() {
        return precision;
    }

    /**
     * A network with the parameters that it has now. To be used until this is closed.
     *
     * @param in 32-bit floats or bfloat16
     * @throws ResidualException of kind BAD_SETTING if the GPU cannot compute the network, OUT_OF_MEMORY, DEVICE_FAILED
     */
    public synchronized Network.Logits logits(Network network, InferencePrecision in) {
        if (gpu == null) {
            return network.inference(in);
        }
        Program program = Network.inferenceProgram(network.spec())
                .orElseThrow(() -> new ResidualException(
                        Kind.BAD_SETTING, "the network has layers that a GPU does not compute: use device cpu"));
        Format format = in == InferencePrecision.BF16 ? Format.BF16 : Format.F32;
        FlatLayout layout = new FlatLayout(network.graph());
        try {
            DeviceInference inference = new DeviceInference(
                    gpu,
                    program,
                    format,
                    fitting(gpu, program, format),
                    layout.ofGraph(network.graph().params().dup('c').data().asFloat()));
            prepared.add(inference);
            return images -> rows(inference, images);
        } catch (CudaException e) {
            throw DeviceErrors.of(e);
        }
    }

    private synchronized float[][] rows(DeviceInference inference, INDArray images) {
        try {
            float[] all = inference.logits(UploadedBatches.channelsLast(images));
            int count = Math.toIntExact(images.size(0));
            int classes = all.length / count;
            float[][] rows = new float[count][];
            for (int i = 0; i < count; i++) {
                rows[i] = Arrays.copyOfRange(all, i * classes, (i + 1) * classes);
            }
            return rows;
        } catch (CudaException e) {
            throw DeviceErrors.of(e);
        }
    }

    /** At most half of what is free: the rest is for convolutions and other networks. */
    private int fitting(Device device, Program program, Format format) {
        int images = batch;
        while (images > 1 && DeviceInference.bytes(program, format, images) > device.freeBytes() / 2) {
            images /= 2;
        }
        return images;
    }

    @Override
    public synchronized void close() {
        prepared.forEach(DeviceInference::close);
        prepared.clear();
        if (gpu != null) {
            gpu.close();
        }
    }
}
