package io.residual.laboratory.experiments;

/**
 * A claim of the notes that the project reproduces.
 *
 * @param number of the claim there, at least 1
 * @param sentence what is claimed
 */
public record Claim(int number, String sentence) {
    public Claim {
        if (!(number >= 1)) {
            throw new IllegalArgumentException("claims are counted from 1, got " + number);
        }
        if (sentence.isBlank()) {
            throw new IllegalArgumentException("claim " + number + " claims nothing");
        }
    }
}
