package io.residual.tuning.planted.b;

import io.residual.tuning.planted.a.One;

/** Half of a circle of packages, which the architecture test must see. */
public record Other(One one) {}
