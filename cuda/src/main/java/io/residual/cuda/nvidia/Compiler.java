package io.residual.cuda.nvidia;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.CudaException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Compiles CUDA C for GPUs of one compute capability. */
final class Compiler {
    private final Nvrtc nvrtc;
    private final int capability;

    /**
     * For a GPU.
     *
     * @param capability ten times its major number plus its minor number
     */
    Compiler(Nvrtc nvrtc, int capability) {
        this.nvrtc = nvrtc;
        this.capability = capability;
    }

    /** Of NVRTC, such as 13.0. */
    String version() {
        int[] major = new int[1];
        int[] minor = new int[1];
        check(nvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
        return major[0] + "." + minor[0];
    }

    /**
     * What code is made for: the GPU itself, or an older one whose intermediate code the driver translates if this NVRTC does
     * not know it.
     */
    String architecture() {
        int[] count = new int[1];
        check(nvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
        int[] known = new int[count[0]];
        check(nvrtc.nvrtcGetSupportedArchs(known), "nvrtcGetSupportedArchs");
        int best = Arrays.stream(known)
                .filter(each -> each <= capability)
                .max()
                .orElseThrow(() -> new CudaException(
                        Kind.OLD_GPU,
                        "NVRTC " + version() + " compiles for no GPU as old as compute capability " + capability / 10
                                + "." + capability % 10 + ". Install the libraries of an older CUDA."));
        return (best == capability ? "sm_" : "compute_") + best;
    }

    /** In the order that NVRTC gets them. */
    List<String> options() {
        return List.of("--gpu-architecture=" + architecture(), "--std=c++17", "-default-device", "--fmad=true");
    }

    /** What names the result of compiling a source. */
    String key(String source) {
        List<String> parts = new ArrayList<>(options());
        parts.add(version());
        parts.add(source);
        return DiskCache.key(parts, ".cubin");
    }

    /**
     * Compiles.
     *
     * @return machine code, or intermediate code that ends with a zero
     * @throws CudaException with NVRTC's messages
     */
    byte[] compile(String source) {
        long[] program = new long[1];
        check(nvrtc.nvrtcCreateProgram(program, source, "residual.cu", 0, null, null), "nvrtcCreateProgram");
        try {
            List<String> options = options();
            int result = nvrtc.nvrtcCompileProgram(program[0], options.size(), options.toArray(String[]::new));
            if (result != 0) {
                throw new CudaException(
                        Kind.FAILED,
                        "NVRTC " + version() + " with " + options + ": " + nvrtc.nvrtcGetErrorString(result) + "\n"
                                + log(program[0]));
            }
            return options.get(0).contains("sm_") ? machineCode(program[0]) : intermediateCode(program[0]);
        } finally {
            check(nvrtc.nvrtcDestroyProgram(program), "nvrtcDestroyProgram");
        }
    }

    private byte[] machineCode(long program) {
        long[] bytes = new long[1];
        check(nvrtc.nvrtcGetCUBINSize(program, bytes), "nvrtcGetCUBINSize");
        byte[] image = new byte[Math.toIntExact(bytes[0])];
        check(nvrtc.nvrtcGetCUBIN(program, image), "nvrtcGetCUBIN");
        return image;
    }

    private byte[] intermediateCode(long program) {
        long[] bytes = new long[1];
        check(nvrtc.nvrtcGetPTXSize(program, bytes), "nvrtcGetPTXSize");
        byte[] image = new byte[Math.toIntExact(bytes[0])];
        check(nvrtc.nvrtcGetPTX(program, image), "nvrtcGetPTX");
        return image;
    }

    private String log(long program) {
        long[] bytes = new long[1];
        if (nvrtc.nvrtcGetProgramLogSize(program, bytes) != 0) {
            return "";
        }
        byte[] log = new byte[Math.toIntExact(bytes[0])];
        return nvrtc.nvrtcGetProgramLog(program, log) == 0
                ? new String(log, StandardCharsets.UTF_8).replace("\0", "").strip()
                : "";
    }

    private void check(int result, String call) {
        if (result != 0) {
            throw new CudaException(Kind.FAILED, call + " failed: " + nvrtc.nvrtcGetErrorString(result));
        }
    }
}
