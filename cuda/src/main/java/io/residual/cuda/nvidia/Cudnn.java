package io.residual.cuda.nvidia;

import com.sun.jna.Library;
import org.jspecify.annotations.Nullable;

/** Functions of libcudnn 9 for convolutions. Those that return an int return an error number, 0 if none. */
interface Cudnn extends Library {
    // Kinds of descriptors.
    int CONVOLUTION = 1;
    int ENGINE = 2;
    int ENGINE_CONFIGURATION = 3;
    int HEURISTICS = 4;
    int EXECUTION_PLAN = 5;
    int KNOB_CHOICE = 7;
    int OPERATION_FORWARD = 10;
    int OPERATION_BACKWARD_FILTER = 11;
    int OPERATION_BACKWARD_DATA = 12;
    int OPERATION_GRAPH = 15;
    int VARIANT_PACK = 16;
    int TENSOR = 17;

    // Types of attributes.
    int TYPE_HANDLE = 0;
    int TYPE_DATA_TYPE = 1;
    int TYPE_INT64 = 3;
    int TYPE_FLOAT = 4;
    int TYPE_VOID_PTR = 6;
    int TYPE_CONVOLUTION_MODE = 7;
    int TYPE_HEURISTICS_MODE = 8;
    int TYPE_KNOB_TYPE = 9;
    int TYPE_NUMERICAL_NOTE = 11;
    int TYPE_DESCRIPTOR = 15;

    // Attributes.
    int CONVOLUTION_COMPUTE_TYPE = 100;
    int CONVOLUTION_MODE = 101;
    int CONVOLUTION_DILATIONS = 102;
    int CONVOLUTION_STRIDES = 103;
    int CONVOLUTION_POST_PADDINGS = 104;
    int CONVOLUTION_PRE_PADDINGS = 105;
    int CONVOLUTION_SPATIAL_DIMENSIONS = 106;
    int HEURISTICS_MODE = 200;
    int HEURISTICS_OPERATION_GRAPH = 201;
    int HEURISTICS_RESULTS = 202;
    int CONFIGURATION_ENGINE = 300;
    int CONFIGURATION_KNOB_CHOICES = 302;
    int PLAN_HANDLE = 400;
    int PLAN_CONFIGURATION = 401;
    int PLAN_WORKSPACE_SIZE = 402;
    int KNOB_CHOICE_TYPE = 600;
    int KNOB_CHOICE_VALUE = 601;
    /** Followed by beta, convolution, weights, input and output. */
    int FORWARD_ALPHA = 700;
    /** Followed by beta, convolution, weights, gradient of the input and of the output. */
    int BACKWARD_DATA_ALPHA = 706;
    /** Followed by beta, convolution, gradient of the weights, input and gradient of the output. */
    int BACKWARD_FILTER_ALPHA = 712;

    int GRAPH_HANDLE = 800;
    int GRAPH_OPERATIONS = 801;
    int TENSOR_BYTE_ALIGNMENT = 900;
    int TENSOR_DATA_TYPE = 901;
    int TENSOR_DIMENSIONS = 902;
    int TENSOR_STRIDES = 903;
    int TENSOR_UNIQUE_ID = 906;
    int PACK_UNIQUE_IDS = 1000;
    int PACK_POINTERS = 1001;
    int PACK_WORKSPACE = 1003;
    int ENGINE_GLOBAL_INDEX = 1301;
    int ENGINE_NUMERICAL_NOTES = 1303;

    // Values.
    int FLOAT = 0;
    int BFLOAT16 = 9;
    int CROSS_CORRELATION = 1;
    int MODE_B = 1;
    int MODE_FALLBACK = 2;
    int MODE_A = 3;
    int NOTE_TENSOR_CORE = 0;
    int NOTE_DOWN_CONVERT_INPUTS = 1;
    int NOTE_REDUCED_PRECISION_REDUCTION = 2;
    int NOTE_NONDETERMINISTIC = 4;

    /** As 91900 for 9.19.0. */
    long cudnnGetVersion();

    /** As 13000 for CUDA 13.0. */
    long cudnnGetCudartVersion();

    String cudnnGetErrorString(int status);

    void cudnnGetLastErrorString(byte[] text, long bytes);

    int cudnnCreate(long[] handle);

    int cudnnDestroy(long handle);

    int cudnnSetStream(long handle, long stream);

    int cudnnBackendCreateDescriptor(int kind, long[] descriptor);

    int cudnnBackendDestroyDescriptor(long descriptor);

    int cudnnBackendFinalize(long descriptor);

    int cudnnBackendSetAttribute(long descriptor, int attribute, int type, long count, long[] values);

    int cudnnBackendSetAttribute(long descriptor, int attribute, int type, long count, int[] values);

    int cudnnBackendSetAttribute(long descriptor, int attribute, int type, long count, float[] values);

    int cudnnBackendGetAttribute(
            long descriptor, int attribute, int type, long requested, long[] count, long @Nullable [] values);

    int cudnnBackendGetAttribute(long descriptor, int attribute, int type, long requested, long[] count, int[] values);

    int cudnnBackendExecute(long handle, long plan, long pack);
}
