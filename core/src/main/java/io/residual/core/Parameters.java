package io.residual.core;

/** Numbers of trainable parameters of the layers that have no record of their own. */
final class Parameters {
    private Parameters() {}

    static long batchNorm(int channels) {
        return 2L * channels;
    }

    static long dense(int in, int out) {
        return (long) in * out + out;
    }
}
