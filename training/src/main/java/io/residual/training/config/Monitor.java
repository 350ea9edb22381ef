package io.residual.training.config;

/** What decides which epoch is the best one: a metric of the validation images. */
public enum Monitor {
    /** Share of right predictions. */
    ACCURACY("validation accuracy"),
    /** Mean cross entropy; lower is better. */
    LOSS("validation loss"),
    /** Mean recall of the classes. */
    BALANCED_ACCURACY("balanced accuracy on validation"),
    /** Mean F1 of the classes. */
    MACRO_F1("macro F1 on validation"),
    /** Matthews' correlation of labels and predictions. */
    MATTHEWS("Matthews' correlation on validation");

    private final String description;

    Monitor(String description) {
        this.description = description;
    }

    /** In words, as part of a sentence. */
    public String description() {
        return description;
    }

    /** Whether a value of this metric is better than another one. */
    public boolean isBetter(double value, double other) {
        return this == LOSS ? value < other : value > other;
    }
}
