package io.residual.evaluation.predict;

/** Writes predictions in one of the formats. */
@FunctionalInterface
interface PredictionWriter {
    /**
     * Writes one line.
     *
     * @param file as the user named it
     */
    void write(String file, Prediction prediction);
}
