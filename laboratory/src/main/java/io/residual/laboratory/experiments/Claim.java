package io.residual.laboratory.experiments;

/**
 * A claim of the notes that the project reproduces.
 *
 * @param number of the claim there, at least 1
 * @param sentence what is claimed
 * @param ifConfirmed what it means for someone who trains networks, in a sentence
 * @param ifRefuted the same if it does not hold
 */
public record Claim(int number, String sentence, String ifConfirmed, String ifRefuted) {
    public Claim {
        if (!(number >= 1)) {
            throw new IllegalArgumentException("claims are counted from 1, got " + number);
        }
        if (sentence.isBlank()) {
            throw new IllegalArgumentException("claim " + number + " claims nothing");
        }
    }

    /** What a verdict means for someone who trains networks. */
    public String meaning(Verdict verdict) {
        return switch (verdict) {
            case CONFIRMED -> ifConfirmed;
            case REFUTED -> ifRefuted;
            case UNDECIDED -> "These seeds do not tell: nothing should be chosen by this claim yet.";
        };
    }
}
