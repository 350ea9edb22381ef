package io.residual.cuda.nvidia;

import com.sun.jna.Pointer;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.CudaException.Kind;

/** What the driver's error numbers mean. */
final class DriverErrors {
    static final int OUT_OF_MEMORY = 2;
    static final int PRIMARY_CONTEXT_ACTIVE = 708;
    static final int NOT_FOUND = 500;

    private DriverErrors() {}

    /**
     * Returns if a call succeeded.
     *
     * @throws CudaException naming the call and the error
     */
    static void check(Driver driver, int result, String call) {
        if (result != 0) {
            throw exception(driver, result, call);
        }
    }

    /** Why an allocation failed. */
    static CudaException outOfMemory(Driver driver, long bytes) {
        long[] free = new long[1];
        long[] total = new long[1];
        String known = driver.cuMemGetInfo_v2(free, total) == 0
                ? mebibytes(free[0]) + " MiB of its " + mebibytes(total[0]) + " MiB are free"
                : "it does not say how much is free";
        return new CudaException(
                Kind.OUT_OF_MEMORY,
                "The GPU's memory is short: " + mebibytes(bytes + (1 << 20) - 1) + " MiB (" + bytes
                        + " bytes) are needed, " + known
                        + ". Make the batch smaller or end other programs that use the GPU.");
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }

    private static CudaException exception(Driver driver, int result, String call) {
        String error = text(driver, result);
        return switch (result) {
            case OUT_OF_MEMORY ->
                new CudaException(
                        Kind.OUT_OF_MEMORY,
                        call + ": " + error + ". Make the batch smaller or end other programs that use the GPU.");
            case 34 ->
                new CudaException(
                        Kind.NO_DRIVER,
                        call + ": " + error + ". Only the driver's stub was found: install NVIDIA's driver.");
            case 35, 36, 222, 803, 804 ->
                new CudaException(
                        Kind.OLD_DRIVER,
                        call + ": " + error
                                + ". Update NVIDIA's driver; after an update without a restart, restart the machine.");
            case 100, 101 ->
                new CudaException(
                        Kind.NO_GPU,
                        call + ": " + error + ". Check `nvidia-smi` and the variable CUDA_VISIBLE_DEVICES.");
            default -> new CudaException(Kind.FAILED, call + " failed: " + error);
        };
    }

    private static String text(Driver driver, int result) {
        long[] name = new long[1];
        long[] meaning = new long[1];
        try {
            if (driver.cuGetErrorName(result, name) == 0 && driver.cuGetErrorString(result, meaning) == 0) {
                return new Pointer(name[0]).getString(0) + " (" + result + ", " + new Pointer(meaning[0]).getString(0)
                        + ")";
            }
        } catch (UnsatisfiedLinkError incomplete) {
            return "error " + result;
        }
        return "error " + result;
    }
}
