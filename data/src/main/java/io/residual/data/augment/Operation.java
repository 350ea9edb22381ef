package io.residual.data.augment;

/** What {@link RandAugment} does to an image, in the order and with the ranges of torchvision 0.14. */
enum Operation {
    IDENTITY(0, Sign.NONE) {
        @Override
        void apply(Planes image, double strength) {
            // Some images stay as they are.
        }
    },
    SHEAR_X(0.3, Sign.EITHER) {
        @Override
        void apply(Planes image, double strength) {
            AffineMap.of(0, 0, 0, 0, 0, Math.toDegrees(Math.atan(strength)), 0).apply(image);
        }
    },
    SHEAR_Y(0.3, Sign.EITHER) {
        @Override
        void apply(Planes image, double strength) {
            AffineMap.of(0, 0, 0, 0, 0, 0, Math.toDegrees(Math.atan(strength))).apply(image);
        }
    },
    TRANSLATE_X(150 / 331.0, Sign.EITHER) {
        @Override
        int side(Planes image) {
            return image.width();
        }

        @Override
        void apply(Planes image, double strength) {
            AffineMap.turn(image, 0, (int) strength, 0).apply(image);
        }
    },
    TRANSLATE_Y(150 / 331.0, Sign.EITHER) {
        @Override
        int side(Planes image) {
            return image.height();
        }

        @Override
        void apply(Planes image, double strength) {
            AffineMap.turn(image, 0, 0, (int) strength).apply(image);
        }
    },
    /** Counter-clockwise, in degrees. */
    ROTATE(30, Sign.EITHER) {
        @Override
        void apply(Planes image, double strength) {
            AffineMap.turn(image, -strength, 0, 0).apply(image);
        }
    },
    BRIGHTNESS(0.9, Sign.EITHER) {
        @Override
        void apply(Planes image, double strength) {
            Levels.brightness(image, 1 + strength);
        }
    },
    CONTRAST(0.9, Sign.EITHER) {
        @Override
        void apply(Planes image, double strength) {
            Levels.contrast(image, 1 + strength);
        }
    },
    SHARPNESS(0.9, Sign.EITHER) {
        @Override
        void apply(Planes image, double strength) {
            Sharpness.apply(image, 1 + strength);
        }
    },
    /** Bits that are cleared. */
    POSTERIZE(4, Sign.NONE) {
        @Override
        void apply(Planes image, double strength) {
            Levels.posterize(image, 8 - (int) Math.rint(strength));
        }
    },
    /** How far the level from which pixels are inverted lies below 255. */
    SOLARIZE(255, Sign.NONE) {
        @Override
        void apply(Planes image, double strength) {
            Levels.solarize(image, 255 - strength);
        }
    },
    AUTO_CONTRAST(0, Sign.NONE) {
        @Override
        void apply(Planes image, double strength) {
            Levels.stretch(image);
        }
    },
    EQUALIZE(0, Sign.NONE) {
        @Override
        void apply(Planes image, double strength) {
            Levels.equalize(image);
        }
    };

    /** Whether an operation has two directions. */
    private enum Sign {
        NONE,
        EITHER
    }

    private final double max;
    private final Sign sign;

    Operation(double max, Sign sign) {
        this.max = max;
        this.sign = sign;
    }

    boolean isSigned() {
        return sign == Sign.EITHER;
    }

    /** What {@link #apply} is given at a share, in [0, 1], of the highest magnitude; of single precision, as in PyTorch. */
    double strength(double share, Planes image) {
        return (float) (share * max * side(image));
    }

    /** What {@link #max} is a share of. */
    int side(Planes image) {
        return 1;
    }

    abstract void apply(Planes image, double strength);
}
