package io.residual.laboratory.experiments.training;

/** The images that a training is judged on after each epoch. None of them is trained on. */
public enum EvaluationSplit {
    /** The validation split, which may decide what is compared. */
    VALIDATION,
    /** The test split: only where a claim speaks of it, and then nothing may be chosen by it. */
    TEST,
    /** Of the images drawn for training, the first half, wrong labels included; the network trains on the second. */
    FIRST_HALF,
    /** Of the images drawn for training, the second half, wrong labels included; the network trains on the first. */
    SECOND_HALF
}
