package io.residual.tuning.planted.a;

import io.residual.tuning.planted.b.Other;

/** Half of a circle of packages, which the architecture test must see. */
public record One(Other other) {}
