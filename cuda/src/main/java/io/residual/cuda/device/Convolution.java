package io.residual.cuda.device;

/** A convolution, or one of its gradients, whose algorithm has been chosen. */
public interface Convolution {
    /** What is computed of the three arrays from the two others. */
    enum Pass {
        /** The output, from input and weights. */
        FORWARD,
        /** The gradient of the input, from that of the output and the weights. */
        BACKWARD_DATA,
        /** The gradient of the weights, from the input and the gradient of the output. */
        BACKWARD_WEIGHTS
    }

    /**
     * Queues it behind what was queued before. All three are addresses of memory on the device, of numbers of the
     * convolution's format; the one that is computed is overwritten.
     *
     * @param in of the input or its gradient
     * @param weights of the weights or their gradient
     * @param out of the output or its gradient
     */
    void run(long in, long weights, long out);
}
