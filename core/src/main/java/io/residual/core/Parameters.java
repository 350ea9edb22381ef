package io.residual.core;

/** Numbers of trainable parameters of the layers. */
final class Parameters {
    private Parameters() {}

    static long convolution(int channelsIn, int channels, int kernel, Flavour flavour) {
        return (long) channelsIn * channels * kernel * kernel + (flavour.biased() ? channels : 0);
    }

    static long batchNorm(int channels) {
        return 2L * channels;
    }

    static long dense(int in, int out) {
        return (long) in * out + out;
    }
}
