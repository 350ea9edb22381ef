package io.residual.training.config;

import io.residual.core.Family;
import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.Shortcuts;
import io.residual.training.config.Setting.Topic;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The network of a run, apart from the shape of its images and the number of classes.
 *
 * @param depth weighted layers; which ones there are depends on the family
 * @param width channels of the stem, 1 to 512, which all stages scale with
 * @param widening factor by which the stages of a wide network are wider relative to its stem, 1 to 32; 1 in other families
 */
public record NetworkSpec(
        int depth,
        Variant flavour,
        int width,
        Shortcuts shortcuts,
        Family family,
        int widening,
        ArchitectureOptions design,
        StartSpec start) {
    static final SettingGroup<NetworkSpec> SETTINGS = new SettingGroup<>(NetworkSpec.class, Topic.NETWORK)
            .named(
                    "depth",
                    "number of weighted layers: 18, 34, 50, 101 or 152 (imagenet), 6n + 2 (cifar), 9n + 2"
                            + " (preactivation), 6n + 4 (wide)")
            .required(ValueType.wholeNumbers("DEPTH", 8, 2000))
            .named("flavour", "variant of the ResNet: the d2l book's, or torchvision's, which is the paper's")
            .required(ValueType.words(Variant.values()))
            .named("width", "channels of the stem, with which all stages scale: 64 in the papers, 16 for small images")
            .required(ValueType.wholeNumbers("CHANNELS", 1, 512))
            .named("shortcuts", "whether blocks add their input to their output")
            .required(ValueType.words(Shortcuts.values()))
            .named("family", "family of published networks; all but imagenet are for small images")
            .optional(Family.IMAGENET)
            .named("widening", "widening factor k of a wide network WRN-d-k")
            .optional(ValueType.wholeNumbers("FACTOR", 1, 32), 1)
            .part(ArchitectureOptions.SETTINGS)
            .part(StartSpec.SETTINGS);

    /** Any size that every network takes: what is checked with it does not depend on it. */
    private static final ImageShape ANY_IMAGE = new ImageShape(1, 224, 224);

    public NetworkSpec {
        SETTINGS.require(depth, flavour, width, shortcuts, family, widening, design, start);
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
        start.freezeUpTo().filter(last -> last.stages() > stages).ifPresent(last -> {
            throw new IllegalArgumentException(
                    "freezeUpTo " + last + ": networks of family " + family + " have " + stages + " stages");
        });
    }

    /** A network of family imagenet as its paper has it, trained from scratch. */
    public NetworkSpec(int depth, Variant flavour, int width, Shortcuts shortcuts) {
        this(depth, flavour, width, shortcuts, Family.IMAGENET, 1, ArchitectureOptions.PUBLISHED, StartSpec.NEW);
    }

    /**
     * What training starts from, and how much of that stays.
     *
     * @param freezeUpTo the last part whose parameters are not trained, and whose batch norms use their running statistics;
     *     empty if all parts are trained
     */
    public record StartSpec(StartChoice startFrom, Optional<Freeze> freezeUpTo) {
        static final SettingGroup<StartSpec> SETTINGS = new SettingGroup<>(StartSpec.class, Topic.NETWORK)
                .named(
                        "startFrom",
                        "pretrained weights, such as torchvision's or timm's; the classifier is a new one if the"
                                + " classes differ")
                .optional(
                        ValueType.parsed(
                                "none|FILE.safetensors", "none or a file that ends in .safetensors", StartChoice::of),
                        StartChoice.New.NONE)
                .named("freezeUpTo", "last part of the network, counted from the image, that is not trained")
                .optional(ValueType.noneOr(Freeze.values()), Optional.empty());

        /** New weights, all of them trained. */
        public static final StartSpec NEW = SETTINGS.from(Map.of());
    }

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

    /** The flavours that have a name. */
    public enum Variant {
        BOOK,
        TORCHVISION;

        /** What the name stands for. */
        public Flavour flavour() {
            return this == BOOK ? Flavour.BOOK : Flavour.TORCHVISION;
        }
    }

    NetworkSpec withAbsolutePaths() {
        StartSpec absolute = new StartSpec(start.startFrom().absolute(), start.freezeUpTo());
        return new NetworkSpec(depth, flavour, width, shortcuts, family, widening, design, absolute);
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
