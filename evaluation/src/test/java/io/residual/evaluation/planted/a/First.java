package io.residual.evaluation.planted.a;

import io.residual.evaluation.planted.b.Second;

/** One half of a cycle of packages, which the architecture test must see. */
public final class First {
    public Second second() {
        return new Second();
    }
}
