package io.residual.training.spec;

import io.residual.core.Flavour;
import io.residual.core.Shortcuts;
import java.io.Serializable;

/**
 * The network of a run, apart from the shape of its images and the number of classes.
 *
 * @param depth weighted layers, 18 or 34
 * @param width channels of the stem, 1 to 512; the stages have 1, 2, 4 and 8 times as many
 */
public record NetworkSpec(int depth, Variant flavour, int width, Shortcuts shortcuts) implements Serializable {
    public NetworkSpec {
        NetworkSettings.DEPTH.require(depth);
        NetworkSettings.WIDTH.require(width);
    }

    /** The flavours that have a name. */
    public enum Variant {
        BOOK,
        TORCHVISION;

        /** What the name stands for. */
        public Flavour flavour() {
            return switch (this) {
                case BOOK -> Flavour.BOOK;
                case TORCHVISION -> Flavour.TORCHVISION;
            };
        }
    }
}
