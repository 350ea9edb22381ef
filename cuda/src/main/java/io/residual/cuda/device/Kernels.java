package io.residual.cuda.device;

/** Functions compiled from one source. */
public interface Kernels {
    /**
     * A function of the source.
     *
     * @throws IllegalArgumentException if there is none of that name
     * @throws CudaException with the messages of the compiler if it does not take the source
     */
    Kernel get(String name);

    /**
     * A function of the source whose blocks may wait for each other, since all of them run at once: at most {@link
     * Device#blocksTogether}.
     *
     * @throws IllegalArgumentException if there is none of that name
     * @throws CudaException with the messages of the compiler if it does not take the source
     */
    Kernel together(String name);
}
