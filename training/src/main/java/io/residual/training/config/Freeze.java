package io.residual.training.config;

import java.util.Locale;

/** How much of a network, from the image on, keeps the weights that it starts with. */
public enum Freeze {
    NONE(-1),
    STEM(0),
    STAGE1(1),
    STAGE2(2),
    STAGE3(3),
    STAGE4(4);

    private final int stages;

    Freeze(int stages) {
        this.stages = stages;
    }

    /** Number of frozen stages behind a frozen stem; -1 where nothing is frozen. */
    public int stages() {
        return stages;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
