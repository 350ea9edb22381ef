package io.residual.benchmark.measurement;

/** What a child process does with the network. */
public enum Task {
    /** Training steps: forward pass, backward pass and update, timed one by one. */
    TRAIN,
    /** Forward passes in evaluation mode without gradients, timed one by one. */
    INFER,
    /** No timing: the log-probabilities of the batch, then the losses of a few training steps. */
    CHECK
}
