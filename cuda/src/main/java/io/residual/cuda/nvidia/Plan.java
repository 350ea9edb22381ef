package io.residual.cuda.nvidia;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.nvidia.Engines.Engine;

/** A convolution that is ready to run. */
final class Plan implements AutoCloseable {
    private final Cudnn cudnn;
    private final long handle;
    private final Engine engine;
    private final Descriptor plan;
    private final long workspace;

    /**
     * Prepares an engine, which must outlive this.
     *
     * @throws CudaException if the engine cannot do it
     */
    Plan(Cudnn cudnn, long handle, Engine engine) {
        this.cudnn = cudnn;
        this.handle = handle;
        this.engine = engine;
        plan = new Descriptor(cudnn, Cudnn.EXECUTION_PLAN);
        boolean complete = false;
        try {
            plan.set(Cudnn.PLAN_HANDLE, Cudnn.TYPE_HANDLE, handle)
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

    Engine engine() {
        return engine;
    }

    /** How many bytes of scratch memory it needs. */
    long workspace() {
        return workspace;
    }

    /** Queues it on the stream of the handle. */
    void run(long in, long weights, long out, long scratch) {
        try (Descriptor pack = new Descriptor(cudnn, Cudnn.VARIANT_PACK)) {
            pack.numbers(Cudnn.PACK_UNIQUE_IDS, ConvolutionGraph.IDS)
                    .set(Cudnn.PACK_POINTERS, Cudnn.TYPE_VOID_PTR, in, weights, out)
                    .set(Cudnn.PACK_WORKSPACE, Cudnn.TYPE_VOID_PTR, scratch)
                    .ready();
            int status = cudnn.cudnnBackendExecute(handle, plan.address(), pack.address());
            Descriptor.check(cudnn, status, "cudnnBackendExecute of " + engine.tag());
        }
    }

    @Override
    public void close() {
        plan.close();
    }
}
