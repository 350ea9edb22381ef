package io.residual.training.config;

import java.util.Locale;

/** The last part of a network, counted from the image, that keeps the weights it starts with. */
public enum Freeze {
    STEM(0),
    STAGE1(1),
    STAGE2(2),
    STAGE3(3),
    STAGE4(4);

    private final int stages;

    Freeze(int stages) {
        this.stages = stages;
    }

    /** Number of frozen stages after the frozen stem. */
    public int stages() {
        return stages;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
