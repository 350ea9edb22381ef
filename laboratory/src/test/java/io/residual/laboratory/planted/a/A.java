package io.residual.laboratory.planted.a;

import io.residual.laboratory.planted.b.B;

/** Half of a cycle of packages, which the architecture test must see. */
public final class A {
    public B other() {
        return new B();
    }
}
