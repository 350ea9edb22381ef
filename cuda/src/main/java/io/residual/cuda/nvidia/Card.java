package io.residual.cuda.nvidia;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.CudaException.Kind;
import java.nio.charset.StandardCharsets;

/**
 * A GPU that the driver sees.
 *
 * @param index as in {@code cuda:0}
 * @param capability compute capability: ten times its major number plus its minor number
 * @param memoryBytes all of its memory
 */
public record Card(int index, String name, int capability, int multiprocessors, long memoryBytes) {
    /** Turing's. */
    private static final int OLDEST_CAPABILITY = 75;

    /**
     * Starts the driver.
     *
     * @return the CUDA that it knows: 1000 times its major number plus ten times its minor number
     * @throws CudaException if it does not start or is older than CUDA 12
     */
    static int start(Driver driver) {
        DriverErrors.check(driver, driver.cuInit(0), "cuInit");
        int[] version = new int[1];
        DriverErrors.check(driver, driver.cuDriverGetVersion(version), "cuDriverGetVersion");
        if (version[0] < 1000 * Libraries.OLDEST) {
            throw new CudaException(
                    Kind.OLD_DRIVER,
                    "NVIDIA's driver knows CUDA " + text(version[0]) + ", CUDA " + Libraries.OLDEST
                            + ".0 is needed. Update it to version 525 or newer (580 for CUDA 13).");
        }
        return version[0];
    }

    /** How many there are. */
    static int count(Driver driver) {
        int[] count = new int[1];
        DriverErrors.check(driver, driver.cuDeviceGetCount(count), "cuDeviceGetCount");
        return count[0];
    }

    /**
     * Describes one.
     *
     * @throws CudaException if there is none of that number
     */
    static Card of(Driver driver, int index) {
        int count = count(driver);
        if (index < 0 || index >= count) {
            throw new CudaException(
                    Kind.NO_GPU,
                    "There is no GPU cuda:" + index + "; the driver sees "
                            + (count == 0 ? "none" : "cuda:0 to cuda:" + (count - 1))
                            + ". Check `nvidia-smi` and the variable CUDA_VISIBLE_DEVICES.");
        }
        int device = device(driver, index);
        byte[] name = new byte[256];
        DriverErrors.check(driver, driver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
        String text = new String(name, StandardCharsets.UTF_8);
        int end = text.indexOf('\0');
        long[] memory = new long[1];
        DriverErrors.check(driver, driver.cuDeviceTotalMem_v2(memory, device), "cuDeviceTotalMem");
        return new Card(
                index,
                end < 0 ? text : text.substring(0, end),
                10 * attribute(driver, device, Driver.ATTRIBUTE_CAPABILITY_MAJOR)
                        + attribute(driver, device, Driver.ATTRIBUTE_CAPABILITY_MINOR),
                attribute(driver, device, Driver.ATTRIBUTE_MULTIPROCESSORS),
                memory[0]);
    }

    /** The compute capability as NVIDIA writes it, such as 9.0. */
    public String version() {
        return capability / 10 + "." + capability % 10;
    }

    /** The driver's number of it. */
    static int device(Driver driver, int index) {
        int[] device = new int[1];
        DriverErrors.check(driver, driver.cuDeviceGet(device, index), "cuDeviceGet");
        return device[0];
    }

    /** A version as people write it: 12.4 for 12040. */
    static String text(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    /**
     * Returns if it is new enough.
     *
     * @throws CudaException otherwise
     */
    void check() {
        if (capability < OLDEST_CAPABILITY) {
            throw new CudaException(
                    Kind.OLD_GPU,
                    name + " (cuda:" + index + ") has compute capability " + capability / 10 + "." + capability % 10
                            + ", 7.5 or more is needed (Turing, since 2018). Train on the CPU or choose another GPU.");
        }
    }

    static int attribute(Driver driver, int device, int attribute) {
        int[] value = new int[1];
        DriverErrors.check(driver, driver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
        return value[0];
    }
}
