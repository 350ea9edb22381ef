package io.residual.cuda.nvidia;

import io.residual.cuda.device.CapturedGraph;

/** The main stream and the one on its side, of one context, and what is recorded of them. */
final class Queue implements AutoCloseable {
    private final Driver driver;
    private final long context;
    private final long main;
    private final long side;
    private final long fork;
    private final long join;
    private boolean onSide;
    private boolean sideIsAhead;
    private boolean capturing;

    Queue(Driver driver, long context) {
        this.driver = driver;
        this.context = context;
        use();
        int[] least = new int[1];
        int[] greatest = new int[1];
        check(driver.cuCtxGetStreamPriorityRange(least, greatest), "cuCtxGetStreamPriorityRange");
        // What others wait for goes first.
        main = stream(greatest[0]);
        side = stream(least[0]);
        fork = event(Driver.EVENT_DISABLE_TIMING);
        join = event(Driver.EVENT_DISABLE_TIMING);
    }

    /** Makes the context this thread's, as other threads and other GPUs may have been at work in between. */
    void use() {
        check(driver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
    }

    /** The stream that work goes to at this moment. */
    long current() {
        return onSide ? side : main;
    }

    boolean isOnSide() {
        return onSide;
    }

    boolean isCapturing() {
        return capturing;
    }

    void beginSide() {
        if (onSide) {
            throw new IllegalStateException("The side has already begun");
        }
        use();
        check(driver.cuEventRecord(fork, main), "cuEventRecord");
        check(driver.cuStreamWaitEvent(side, fork, 0), "cuStreamWaitEvent");
        onSide = true;
        sideIsAhead = true;
    }

    void endSide() {
        if (!onSide) {
            throw new IllegalStateException("The side has not begun");
        }
        use();
        check(driver.cuEventRecord(join, side), "cuEventRecord");
        onSide = false;
    }

    void joinSide() {
        if (onSide) {
            throw new IllegalStateException("The side has not ended");
        }
        if (sideIsAhead) {
            use();
            check(driver.cuStreamWaitEvent(main, join, 0), "cuStreamWaitEvent");
            sideIsAhead = false;
        }
    }

    CapturedGraph capture(Runnable work) {
        notWhileCapturing("capture");
        joinSide(); // a recording may wait for nothing outside of it
        use();
        check(driver.cuStreamBeginCapture_v2(main, Driver.CAPTURE_MODE_RELAXED), "cuStreamBeginCapture");
        capturing = true;
        long[] graph = new long[1];
        boolean complete = false;
        try {
            work.run();
            joinSide();
            complete = true;
        } finally {
            capturing = false;
            onSide = false;
            sideIsAhead = false;
            int result = driver.cuStreamEndCapture(main, graph);
            if (complete) {
                check(result, "cuStreamEndCapture");
            } else if (graph[0] != 0) {
                driver.cuGraphDestroy(graph[0]);
            }
        }
        long[] executable = new long[1];
        int result = driver.cuGraphInstantiateWithFlags(executable, graph[0], Driver.GRAPH_NODE_PRIORITY);
        check(driver.cuGraphDestroy(graph[0]), "cuGraphDestroy");
        check(result, "cuGraphInstantiate");
        return new Graph(executable[0]);
    }

    /** Waits until all that was queued is done. */
    void synchronize() {
        notWhileCapturing("synchronize");
        use();
        check(driver.cuStreamSynchronize(side), "cuStreamSynchronize");
        check(driver.cuStreamSynchronize(main), "cuStreamSynchronize");
    }

    void notWhileCapturing(String what) {
        if (capturing) {
            throw new IllegalStateException(what + " cannot be recorded");
        }
    }

    long event(int flags) {
        long[] event = new long[1];
        check(driver.cuEventCreate(event, flags), "cuEventCreate");
        return event[0];
    }

    @Override
    public void close() {
        use();
        check(driver.cuEventDestroy_v2(fork), "cuEventDestroy");
        check(driver.cuEventDestroy_v2(join), "cuEventDestroy");
        check(driver.cuStreamDestroy_v2(side), "cuStreamDestroy");
        check(driver.cuStreamDestroy_v2(main), "cuStreamDestroy");
    }

    private long stream(int priority) {
        long[] stream = new long[1];
        check(
                driver.cuStreamCreateWithPriority(stream, Driver.STREAM_NON_BLOCKING, priority),
                "cuStreamCreateWithPriority");
        return stream[0];
    }

    private void check(int result, String call) {
        DriverErrors.check(driver, result, call);
    }

    private final class Graph implements CapturedGraph {
        private long executable;

        Graph(long executable) {
            this.executable = executable;
        }

        @Override
        public void launch() {
            if (executable == 0) {
                throw new IllegalStateException("The graph is closed");
            }
            use();
            check(driver.cuGraphLaunch(executable, current()), "cuGraphLaunch");
        }

        @Override
        public void close() {
            if (executable != 0) {
                use();
                check(driver.cuGraphExecDestroy(executable), "cuGraphExecDestroy");
                executable = 0;
            }
        }
    }
}
