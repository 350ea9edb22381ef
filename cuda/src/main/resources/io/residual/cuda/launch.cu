/**
 * Where kernels follow each other closely, the next one is set up while this one runs (programmatic dependent launch): nothing
 * of memory may be used before this.
 */
__device__ __forceinline__ void wait_for_input() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
    asm volatile("griddepcontrol.launch_dependents;");
#endif
}

