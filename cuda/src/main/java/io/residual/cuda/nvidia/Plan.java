package io.residual.cuda.nvidia;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.nvidia.Engines.Engine;
import java.util.function.LongSupplier;

/** A convolution by one of cuDNN's engines. */
final class Plan implements Algorithm {
    private final Cudnn cudnn;
    private final LongSupplier handle;
    private final Engine engine;
    private final Descriptor plan;
    private final long workspace;
    private boolean ownsEngine;

    /**
     * Prepares an engine, which must outlive this.
     *
     * @param handle cuDNN's, on the stream that work goes to at the moment of asking
     * @throws CudaException if the engine cannot do it
     */
    Plan(Cudnn cudnn, LongSupplier handle, Engine engine) {
        this.cudnn = cudnn;
        this.handle = handle;
        this.engine = engine;
        plan = new Descriptor(cudnn, Cudnn.EXECUTION_PLAN);
        boolean complete = false;
        try {
            plan.set(Cudnn.PLAN_HANDLE, Cudnn.TYPE_HANDLE, handle.getAsLong())
                    .refer(Cudnn.PLAN_CONFIGURATION, engine.configuration())
                    .ready();
            workspace = plan.number(Cudnn.PLAN_WORKSPACE_SIZE);
            complete = true;
        } finally {
            if (!complete) {
                plan.close();
            }
        }
    }

    /** Takes the engine out of those that were offered, so that it ends with this. */
    void takeEngine(Engines engines) {
        engines.release(engine);
        ownsEngine = true;
    }

    @Override
    public String tag() {
        return engine.tag();
    }

    @Override
    public String notes() {
        return "notes " + engine.notes().stream().sorted().toList();
    }

    @Override
    public long workspace() {
        return workspace;
    }

    @Override
    public void run(long in, long weights, long out, long scratch) {
        try (Descriptor pack = new Descriptor(cudnn, Cudnn.VARIANT_PACK)) {
            pack.numbers(Cudnn.PACK_UNIQUE_IDS, ConvolutionGraph.IDS)
                    .set(Cudnn.PACK_POINTERS, Cudnn.TYPE_VOID_PTR, in, weights, out)
                    .set(Cudnn.PACK_WORKSPACE, Cudnn.TYPE_VOID_PTR, scratch)
                    .ready();
            int status = cudnn.cudnnBackendExecute(handle.getAsLong(), plan.address(), pack.address());
            Descriptor.check(cudnn, status, "cudnnBackendExecute of " + engine.tag());
        }
    }

    @Override
    public void close() {
        plan.close();
        if (ownsEngine) {
            engine.configuration().close();
        }
    }
}
