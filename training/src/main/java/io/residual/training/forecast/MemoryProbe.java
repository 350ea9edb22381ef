package io.residual.training.forecast;

import io.residual.core.Block;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.RunDatasets;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Finds out which batch sizes fit into memory: processes of their own train two steps each with batches of some sizes, and
 * report their memory.
 */
public final class MemoryProbe {
    /** Bytes for each number that a layer gives, to decide whether measuring is worth its time: some times what it takes. */
    private static final long MAX_BYTES = 2 * Float.BYTES;
    /** Of a block, or of the stem: convolutions, batch norms and their like. */
    private static final long LAYERS = 4;

    private final TrainingSpec spec;
    private final RunDatasets data;
    private final ComputeKernels kernels;

    /** For a training with some batch size. */
    public MemoryProbe(TrainingSpec spec, RunDatasets data, ComputeKernels kernels) {
        this.spec = spec;
        this.data = data;
        this.kernels = kernels;
    }

    /**
     * Refuses a training that does not fit, where the system says how much memory processes take. A training that is far
     * too small to reach the limit is not measured.
     *
     * @param limitBytes for the process
     * @throws ResidualException of kind OUT_OF_MEMORY that names the batch size that would fit
     */
    public void requireFits(long limitBytes) {
        int batch = Math.min(spec.optimisation().batchSize(), data.train().size());
        OptionalLong now = ProcessMemory.peak();
        if (now.isEmpty() || now.getAsLong() + bound(batch) < limitBytes) {
            return;
        }
        MemoryFit fit = measure(limitBytes, batch);
        if (!fit.fits()) {
            throw new ResidualException(
                    Kind.OUT_OF_MEMORY,
                    String.format(
                            Locale.ROOT,
                            "batchSize %d needs about %.1f GB of memory, and %.1f GB are available: %s",
                            batch,
                            fit.bytes() / 1e9,
                            limitBytes / 1e9,
                            fit.largest() == 0
                                    ? "use a smaller network or smaller images"
                                    : fit.largest() + " would fit"));
        }
    }

    /**
     * The largest batch size that fits.
     *
     * @param limitBytes for the process
     * @throws ResidualException of kind OUT_OF_MEMORY if not even one image does, of BAD_SETTING where the system does not say
     *     how much memory processes take
     */
    public int largest(long limitBytes) {
        if (ProcessMemory.peak().isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "batchSize: auto needs Linux, which says how much memory a process takes: give a number");
        }
        MemoryFit fit = measure(
                limitBytes,
                Math.min(OptimisationSpec.MAX_BATCH_SIZE, data.train().size()));
        if (fit.largest() == 0) {
            throw new ResidualException(
                    Kind.OUT_OF_MEMORY,
                    String.format(
                            Locale.ROOT,
                            "batchSize: no batch fits into %.2f GB of memory: use a smaller network or smaller images",
                            limitBytes / 1e9));
        }
        return fit.largest();
    }

    private MemoryFit measure(long limitBytes, int most) {
        // The images of the run are in the heap of its process, but not in that of the probe.
        long images = ((long) data.train().size() + data.validation().size())
                * data.train().channels()
                * data.train().height()
                * data.train().width();
        return MemoryFit.find(limitBytes - images, most, batch -> ProbeProcess.measure(spec, data, kernels, batch));
    }

    /** More than a batch of this size takes: as if every layer were as large as the input and the output of its block. */
    private long bound(int batch) {
        ResNetSpec network =
                spec.resNet(data.train().channels(), data.train().classNames().size());
        ImageShape shape = network.stem().outputShape(network.input());
        long values = LAYERS * network.input().height() * network.input().width() * shape.channels();
        for (int s = 0; s < network.stages().size(); s++) {
            for (Block block : network.blocks(s)) {
                ImageShape next = block.outputShape(shape);
                values += LAYERS * (shape.values() + next.values());
                shape = next;
            }
        }
        return values * MAX_BYTES * batch;
    }
}
