package io.residual.cuda.nvidia;

import com.sun.jna.Library;
import com.sun.jna.Pointer;

/** Functions of libcuda. Handles and addresses are longs: 64-bit systems only. All return an error number, 0 if none. */
interface Driver extends Library {
    int CTX_SCHED_SPIN = 1;
    int STREAM_NON_BLOCKING = 1;
    /** Kernels of a graph keep the priority of the stream that they were recorded from. */
    int GRAPH_NODE_PRIORITY = 8;

    int EVENT_DEFAULT = 0;
    int EVENT_DISABLE_TIMING = 2;
    /** Calls that may wait, as loading a kernel does, are allowed while recording. */
    int CAPTURE_MODE_RELAXED = 2;

    int ATTRIBUTE_MULTIPROCESSORS = 16;
    int ATTRIBUTE_CAPABILITY_MAJOR = 75;
    int ATTRIBUTE_CAPABILITY_MINOR = 76;
    /** 0 if blocks of a kernel cannot wait for each other. */
    int ATTRIBUTE_COOPERATIVE_LAUNCH = 95;

    int cuInit(int flags);

    int cuDriverGetVersion(int[] version);

    int cuDeviceGetCount(int[] count);

    int cuDeviceGet(int[] device, int ordinal);

    int cuDeviceGetName(byte[] name, int length, int device);

    int cuDeviceGetAttribute(int[] value, int attribute, int device);

    int cuDeviceTotalMem_v2(long[] bytes, int device);

    int cuDevicePrimaryCtxSetFlags_v2(int device, int flags);

    int cuDevicePrimaryCtxRetain(long[] context, int device);

    int cuDevicePrimaryCtxRelease_v2(int device);

    int cuCtxSetCurrent(long context);

    int cuMemGetInfo_v2(long[] free, long[] total);

    int cuMemAlloc_v2(long[] address, long bytes);

    int cuMemFree_v2(long address);

    int cuMemAllocHost_v2(long[] address, long bytes);

    int cuMemFreeHost(long address);

    int cuMemcpyHtoDAsync_v2(long to, long from, long bytes, long stream);

    int cuMemcpyDtoHAsync_v2(long to, long from, long bytes, long stream);

    int cuMemcpyDtoDAsync_v2(long to, long from, long bytes, long stream);

    int cuMemsetD8Async(long address, byte value, long bytes, long stream);

    int cuCtxGetStreamPriorityRange(int[] least, int[] greatest);

    int cuStreamCreateWithPriority(long[] stream, int flags, int priority);

    int cuStreamDestroy_v2(long stream);

    int cuStreamSynchronize(long stream);

    int cuStreamWaitEvent(long stream, long event, int flags);

    int cuStreamBeginCapture_v2(long stream, int mode);

    int cuStreamEndCapture(long stream, long[] graph);

    int cuEventCreate(long[] event, int flags);

    int cuEventDestroy_v2(long event);

    int cuEventRecord(long event, long stream);

    int cuEventSynchronize(long event);

    int cuEventElapsedTime(float[] milliseconds, long start, long end);

    int cuGraphInstantiateWithFlags(long[] executable, long graph, long flags);

    int cuGraphLaunch(long executable, long stream);

    int cuGraphExecDestroy(long executable);

    int cuGraphDestroy(long graph);

    int cuModuleLoadData(long[] module, Pointer image);

    int cuModuleUnload(long module);

    int cuModuleGetFunction(long[] function, long module, String name);

    int cuLaunchKernel(
            long function,
            int blocksX,
            int blocksY,
            int blocksZ,
            int threadsX,
            int threadsY,
            int threadsZ,
            int sharedBytes,
            long stream,
            long parameters,
            long extra);

    int cuLaunchCooperativeKernel(
            long function,
            int blocksX,
            int blocksY,
            int blocksZ,
            int threadsX,
            int threadsY,
            int threadsZ,
            int sharedBytes,
            long stream,
            long parameters);

    int cuGetErrorName(int error, long[] text);

    int cuGetErrorString(int error, long[] text);
}
