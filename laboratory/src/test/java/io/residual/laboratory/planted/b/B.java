package io.residual.laboratory.planted.b;

import io.residual.laboratory.planted.a.A;

/** Half of a cycle of packages, which the architecture test must see. */
public final class B {
    public A other() {
        return new A();
    }
}
