package io.residual.laboratory.experiments;

/** On which side of a bound a claim wants an effect. */
public enum Expectation {
    ABOVE {
        @Override
        public Verdict judge(MeanInterval effect, double bound) {
            if (effect.low() > bound) {
                return Verdict.CONFIRMED;
            }
            return effect.high() <= bound ? Verdict.REFUTED : Verdict.UNDECIDED;
        }
    },
    BELOW {
        @Override
        public Verdict judge(MeanInterval effect, double bound) {
            if (effect.high() < bound) {
                return Verdict.CONFIRMED;
            }
            return effect.low() >= bound ? Verdict.REFUTED : Verdict.UNDECIDED;
        }
    };

    /** What an interval says of a bound. */
    public abstract Verdict judge(MeanInterval effect, double bound);
}
