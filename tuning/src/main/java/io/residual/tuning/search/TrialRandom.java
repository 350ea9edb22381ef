package io.residual.tuning.search;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** The randomness of a trial: it depends on the sweep's seed and the trial's number alone, not on what was drawn before. */
public final class TrialRandom {
    private TrialRandom() {}

    /** The stream of a trial; streams of other trials and seeds are unrelated. */
    public static UniformRandomProvider of(long seed, long trial) {
        return RandomSource.XO_RO_SHI_RO_128_PP.create(new long[] {mixed(seed), mixed(~trial)});
    }

    private static long mixed(long value) {
        return RandomSource.SPLIT_MIX_64.create(value).nextLong();
    }
}
