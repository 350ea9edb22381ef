package io.residual.evaluation.planted.b;

import io.residual.evaluation.planted.a.First;

/** The other half of the cycle. */
public final class Second {
    public First first() {
        return new First();
    }
}
