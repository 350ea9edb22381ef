package io.residual.cuda.device;

/** Functions compiled from one source. */
public interface Kernels {
    /**
     * A function of the source.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    Kernel get(String name);
}
