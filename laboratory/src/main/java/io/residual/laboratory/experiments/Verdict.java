package io.residual.laboratory.experiments;

import java.util.Collection;

/** What an experiment says of a claim. */
public enum Verdict {
    /** The whole interval lies where the claim wants the effect. */
    CONFIRMED,
    /** The whole interval lies where the claim does not want it. */
    REFUTED,
    /** The interval has room for both, or there is none: more seeds or more images may decide. */
    UNDECIDED;

    /** Of a claim that is as true as all of its parts; undecided if it has none. */
    public static Verdict ofAll(Collection<Verdict> parts) {
        if (parts.contains(REFUTED)) {
            return REFUTED;
        }
        return parts.isEmpty() || parts.contains(UNDECIDED) ? UNDECIDED : CONFIRMED;
    }
}
