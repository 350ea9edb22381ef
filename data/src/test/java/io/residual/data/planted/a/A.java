package io.residual.data.planted.a;

import io.residual.data.planted.b.B;

/** Half of a cycle of packages, which the architecture test must see. */
public final class A {
    public B other() {
        return new B();
    }
}
