package io.residual.onednn.planted.b;

import io.residual.onednn.planted.a.First;

/** One half of a cycle, by which the architecture test proves that it sees cycles. */
public final class Second {
    private Second() {}

    public static Class<?> other() {
        return First.class;
    }
}
