package io.residual.benchmark.measurement;

/** What a child process does with the network. */
public enum Task {
    /** Training steps: forward pass, backward pass and update, timed one by one. */
    TRAIN("training"),
    /** Forward passes in evaluation mode without gradients, timed one by one. */
    INFER("inference"),
    /** No timing: the log-probabilities of the batch, then the losses of a few training steps. */
    CHECK("check");

    private final String title;

    Task(String title) {
        this.title = title;
    }

    /** As reports write it. */
    public String title() {
        return title;
    }
}
