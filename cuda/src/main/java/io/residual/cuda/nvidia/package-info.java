/** NVIDIA's GPUs by the driver, NVRTC and cuDNN 9, whichever of CUDA 12 and 13 is installed. */
@NullMarked
package io.residual.cuda.nvidia;

import org.jspecify.annotations.NullMarked;
