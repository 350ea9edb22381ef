package io.residual.training.device;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.cuda.device.CudaException;
import java.util.Locale;

/** Errors of devices in the words of this module. */
public final class DeviceErrors {
    private static final double MEGA = 1e6;
    private static final double GIGA = 1e9;

    private DeviceErrors() {}

    /** The same error, of kind NO_DEVICE if there is none that can be used, OUT_OF_MEMORY, or DEVICE_FAILED. */
    public static ResidualException of(CudaException error) {
        String message = String.valueOf(error.getMessage());
        return switch (error.kind()) {
            case NO_DRIVER, OLD_DRIVER, NO_LIBRARY, NO_GPU, OLD_GPU ->
                new ResidualException(Kind.NO_DEVICE, message, error);
            case OUT_OF_MEMORY -> new ResidualException(Kind.OUT_OF_MEMORY, message, error);
            case FAILED -> new ResidualException(Kind.DEVICE_FAILED, "the GPU failed: " + withoutDot(message), error);
        };
    }

    /** Why the CPU is used instead. */
    static String reason(CudaException error) {
        return error.kind() == CudaException.Kind.NO_DRIVER
                ? "no driver of NVIDIA was found"
                : String.valueOf(error.getMessage());
    }

    private static String withoutDot(String message) {
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }

    /** Convolutions of a batch need more memory than is left. */
    static ResidualException outOfMemory(int batch, CudaException error) {
        return new ResidualException(
                Kind.OUT_OF_MEMORY,
                "batchSize " + batch + ": " + error.getMessage() + " batchSize " + Math.max(1, batch * 3 / 4)
                        + " may fit",
                error);
    }

    private static String bytes(long count) {
        return count < GIGA
                ? String.format(Locale.ROOT, "%.1f MB", count / MEGA)
                : String.format(Locale.ROOT, "%.2f GB", count / GIGA);
    }

    /** Batches need more memory than there is. */
    static ResidualException outOfMemory(int batch, long needed, long free) {
        long fitting = (long) Math.floor((double) free / needed * batch);
        return new ResidualException(
                Kind.OUT_OF_MEMORY,
                String.format(
                        Locale.ROOT,
                        "batchSize %d: a step needs %s of the GPU's memory, of which %s are free: %s",
                        batch,
                        bytes(needed),
                        bytes(free),
                        fitting < 2
                                ? "train a smaller network, smaller images, or on device cpu"
                                : "batchSize " + fitting + " fits about"));
    }
}
