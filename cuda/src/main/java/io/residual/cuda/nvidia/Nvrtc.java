package io.residual.cuda.nvidia;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** Functions of libnvrtc. All but one return an error number, 0 if none. */
interface Nvrtc extends Library {
    int nvrtcVersion(int[] major, int[] minor);

    int nvrtcGetNumSupportedArchs(int[] count);

    int nvrtcGetSupportedArchs(int[] architectures);

    int nvrtcCreateProgram(
            long[] program,
            String source,
            String name,
            int headers,
            @Nullable Pointer sources,
            @Nullable Pointer names);

    int nvrtcCompileProgram(long program, int count, String[] options);

    int nvrtcGetCUBINSize(long program, long[] bytes);

    int nvrtcGetCUBIN(long program, byte[] image);

    int nvrtcGetPTXSize(long program, long[] bytes);

    int nvrtcGetPTX(long program, byte[] image);

    int nvrtcGetProgramLogSize(long program, long[] bytes);

    int nvrtcGetProgramLog(long program, byte[] log);

    int nvrtcDestroyProgram(long[] program);

    String nvrtcGetErrorString(int error);
}
