package io.residual.training.config;

import io.residual.core.Family;
import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.Shortcuts;
import java.io.Serializable;

/**
 * The network of a run, apart from the shape of its images and the number of classes.
 *
 * @param depth weighted layers; which ones there are depends on the family
 * @param width channels of the stem, 1 to 512, which all stages scale with
 * @param widening how much wider than in the paper the stages of a wide network are beside its stem, 1 to 32; 1 elsewhere
 */
public record NetworkSpec(
        int depth,
        Variant flavour,
        int width,
        Shortcuts shortcuts,
        Family family,
        int widening,
        ArchitectureOptions design,
        StartSpec start)
        implements Serializable {
    /** Any size that every network takes: what is checked with it does not depend on it. */
    private static final ImageShape ANY_IMAGE = new ImageShape(1, 224, 224);

    public NetworkSpec {
        NetworkSettings.DEPTH.require(depth);
        NetworkSettings.WIDTH.require(width);
        NetworkSettings.WIDENING.require(widening);
        if (widening > 1 && family != Family.WIDE) {
            throw new IllegalArgumentException("widening " + widening + " is for family wide: leave it at 1");
        }
        if (flavour == Variant.BOOK && family != Family.IMAGENET) {
            throw new IllegalArgumentException(
                    "flavour book has networks of family imagenet only: choose flavour torchvision");
        }
        int stages = resNet(depth, flavour, width, shortcuts, family, widening, design)
                .stages()
                .size();
        if (start.freezeUpTo().stages() > stages) {
            throw new IllegalArgumentException("freezeUpTo " + start.freezeUpTo() + ": networks of family " + family
                    + " have " + stages + " stages");
        }
    }

    /** A network of family imagenet as its paper has it, trained from the beginning. */
    public NetworkSpec(int depth, Variant flavour, int width, Shortcuts shortcuts) {
        this(depth, flavour, width, shortcuts, Family.IMAGENET, 1, ArchitectureOptions.OF_FAMILY, StartSpec.NEW);
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

    /** The published name, whatever the width: "ResNet-20", "PlainNet-20", "PreActResNet-164", "WRN-28-10", "ResNet-50-D". */
    public String title() {
        String title = family.title(depth, widening, shortcuts);
        return design.isResNetD() ? title + "-D" : title;
    }

    /** The network on images of that shape, of 10 classes. */
    public ResNetSpec resNet(ImageShape image) {
        return resNet(depth, flavour, width, shortcuts, family, widening, design)
                .withInput(image);
    }

    private static ResNetSpec resNet(
            int depth,
            Variant variant,
            int width,
            Shortcuts shortcuts,
            Family family,
            int widening,
            ArchitectureOptions design) {
        ResNetSpec published = family.network(depth, variant.flavour(), widening);
        ResNetSpec spec = design.applyTo(published).withWidth(width).withInput(ANY_IMAGE);
        return shortcuts == Shortcuts.NONE ? spec.plainTwin() : spec;
    }
}
