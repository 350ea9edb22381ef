package io.residual.onednn.layers;

/** Which estimate of a batch's variance a batch normalization averages for inference. */
public enum RunningVariance {
    /** Sum of squared deviations over n: Deeplearning4j. */
    BIASED,
    /** Sum of squared deviations over n - 1: PyTorch. A batch of one value per channel counts as it is. */
    UNBIASED
}
