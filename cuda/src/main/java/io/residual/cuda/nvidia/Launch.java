package io.residual.cuda.nvidia;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/** Launches of a kernel that is set up while the one before it runs, and waits for its end by itself. */
final class Launch {
    private static final int PROGRAMMATIC_SERIALIZATION = 6;
    private static final int CONFIGURATION_BYTES = 56;
    private static final int ATTRIBUTE_BYTES = 72;

    private final Driver driver;
    private final long function;
    /** A CUlaunchConfig and its one CUlaunchAttribute. */
    private final Memory memory = new Memory(CONFIGURATION_BYTES + ATTRIBUTE_BYTES);

    Launch(Driver driver, long function) {
        this.driver = driver;
        this.function = function;
        memory.clear();
        memory.setInt(8, 1);
        memory.setInt(16, 1);
        memory.setInt(20, 1);
        memory.setLong(40, Pointer.nativeValue(memory) + CONFIGURATION_BYTES);
        memory.setInt(48, 1);
        memory.setInt(CONFIGURATION_BYTES, PROGRAMMATIC_SERIALIZATION);
        memory.setInt(CONFIGURATION_BYTES + 8L, 1);
    }

    /** The driver's result. */
    int behind(long stream, int blocksX, int blocksY, int threads, long arguments) {
        memory.setInt(0, blocksX);
        memory.setInt(4, blocksY);
        memory.setInt(12, threads);
        memory.setLong(32, stream);
        return driver.cuLaunchKernelEx(memory, function, arguments, 0);
    }
}
