package io.residual.onednn.planted.a;

import io.residual.onednn.planted.b.Second;

/** One half of a cycle, by which the architecture test proves that it sees cycles. */
public final class First {
    private First() {}

    public static Class<?> other() {
        return Second.class;
    }
}
