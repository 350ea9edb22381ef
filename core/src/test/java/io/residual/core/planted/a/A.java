package io.residual.core.planted.a;

import io.residual.core.planted.b.B;

/** Half of a cycle of packages, which the architecture test must see. */
public final class A {
    public B other() {
        return new B();
    }
}
