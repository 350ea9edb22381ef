package io.residual.training.forecast;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory of processes and of the machine, in bytes, as Linux counts it; other systems do not say. */
public final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path MACHINE = Path.of("/proc/meminfo");
    private static final int KILO = 1024;

    private ProcessMemory() {}

    /** The most that this process has had of the machine's memory at a time, heap, arrays and code together. */
    public static OptionalLong peak() {
        return read(STATUS, "VmHWM");
    }

    /** The same of another process of this user; empty if it has ended. */
    public static OptionalLong peak(ProcessHandle process) {
        return read(Path.of("/proc", Long.toString(process.pid()), "status"), "VmHWM");
    }

    /** What this process could have in all: what it has, and what the machine or its container can still give. */
    public static OptionalLong available() {
        OptionalLong free = read(MACHINE, "MemAvailable");
        OptionalLong own = read(STATUS, "VmRSS");
        if (free.isEmpty() || own.isEmpty()) {
            return OptionalLong.empty();
        }
        // In a container this is the container's limit.
        long total = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getTotalMemorySize();
        return OptionalLong.of(Math.min(total, own.getAsLong() + free.getAsLong()));
    }

    private static OptionalLong read(Path file, String name) {
        try {
            return Files.isReadable(file) ? find(Files.readAllLines(file), name) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** The value of a line such as {@code VmHWM:   123456 kB}. */
    static OptionalLong find(List<String> lines, String name) {
        Pattern pattern = Pattern.compile(Pattern.quote(name) + ":\\s+(\\d{1,15}) kB");
        return lines.stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .mapToLong(line -> KILO * Long.parseLong(line.group(1)))
                .findFirst();
    }
}
