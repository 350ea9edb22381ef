package io.residual.program;

import java.util.List;

/** A step of the forward pass. It reads values of the same batch and writes one, all counted as in {@link Program#values}. */
public sealed interface Operation {
    /** The values that it reads. */
    List<Integer> inputs();

    /** The value that it writes. */
    int out();

    /**
     * Cross-correlation, as Deeplearning4j and PyTorch have it. A dense layer is one whose window covers an image of 1 x 1.
     *
     * @param layer whose parameters W [channels of out, channels of in, rows, columns] and, if biased, b [channels of out]
     *     are used
     */
    record Convolve(String layer, int in, int out, Window window, boolean biased) implements Operation {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }

        /** The name of the weights in Deeplearning4j's table of parameters. */
        public String weights() {
            return layer + "_W";
        }

        /** The name of the bias in Deeplearning4j's table of parameters. */
        public String bias() {
            return layer + "_b";
        }
    }

    /**
     * Batch normalization: (in - mean) / sqrt(variance + epsilon) * gamma + beta, with the batch's own mean and biased variance
     * of each channel.
     *
     * @param layer whose parameters gamma, beta, mean and var, each [channels], are used
     * @param decay of the running mean and variance: running = decay * running + (1 - decay) * batch
     * @param unbiased whether the variance that is averaged is n / (n - 1) times the biased one, as in PyTorch
     */
    record Normalize(String layer, int in, int out, double epsilon, double decay, boolean unbiased)
            implements Operation {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }

        /** The name in Deeplearning4j's table of parameters. */
        public String parameter(String key) {
            return layer + "_" + key;
        }
    }

    /** max(0, in). */
    record Rectify(int in, int out) implements Operation {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /** left + right. */
    record Add(int left, int right, int out) implements Operation {
        @Override
        public List<Integer> inputs() {
            return List.of(left, right);
        }
    }

    /** One value for each position of the window and each channel. */
    record Pool(Kind kind, int in, int out, Window window) implements Operation {
        /** How the values under the window become one. */
        public enum Kind {
            MAXIMUM,
            /** The mean of those inside the image. */
            MEAN_OF_PRESENT
        }

        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /** As many channels of zeros behind those of in as out has more. */
    record PadChannels(int in, int out) implements Operation {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }
}
