package io.residual.laboratory.experiments;

import java.util.Collection;

/** What an experiment says of a claim. */
public enum Verdict {
    /** The complete interval lies where the claim wants the effect. */
    CONFIRMED,
    /** The complete interval lies where the claim does not want it. */
    REFUTED,
    /** The bound lies within the interval, or there is none: more seeds or more images may decide. */
    UNDECIDED;

    /** Of a claim all of whose parts must hold; undecided if it has none. */
    public static Verdict ofAll(Collection<Verdict> parts) {
        if (parts.contains(REFUTED)) {
            return REFUTED;
        }
        return parts.isEmpty() || parts.contains(UNDECIDED) ? UNDECIDED : CONFIRMED;
    }
}
