package io.residual.data.augment;

/**
 * For each place of the result, its place in the source: x' = a x + b y + c, y' = d x + e y + f, in pixels, where pixel 0 has
 * its middle at 0.5. The parameters have the order of Pillow's {@code Image.transform(AFFINE)}.
 */
record AffineMap(double a, double b, double c, double d, double e, double f) {
    /**
     * The inverse of a turn, a shear and a shift about a centre, as torchvision's {@code functional.affine} has them.
     *
     * @param degrees clockwise
     * @param shiftX to the right, in pixels, after the turn
     * @param shiftY down, in pixels
     * @param shearX angle in degrees, clockwise, of the columns
     * @param shearY of the rows
     */
    static AffineMap of(
            double centreX, double centreY, double degrees, int shiftX, int shiftY, double shearX, double shearY) {
        double turn = Math.toRadians(degrees);
        double sx = Math.toRadians(shearX);
        double sy = Math.toRadians(shearY);
        double a = Math.cos(turn - sy) / Math.cos(sy);
        double b = -Math.cos(turn - sy) * Math.tan(sx) / Math.cos(sy) - Math.sin(turn);
        double c = Math.sin(turn - sy) / Math.cos(sy);
        double d = -Math.sin(turn - sy) * Math.tan(sx) / Math.cos(sy) + Math.cos(turn);
        double fromX = -centreX - shiftX;
        double fromY = -centreY - shiftY;
        return new AffineMap(d, -b, d * fromX - b * fromY + centreX, -c, a, -c * fromX + a * fromY + centreY);
    }

    /** About the middle of an image. */
    static AffineMap turn(Planes image, double degrees, int shiftX, int shiftY) {
        return of(image.width() * 0.5, image.height() * 0.5, degrees, shiftX, shiftY, 0, 0);
    }

    /**
     * Draws the image with bilinear interpolation; black comes in from outside. Equal to Pillow's, which cuts fractions
     * off.
     *
     * @see <a href="https://github.com/python-pillow/Pillow/blob/9.4.0/src/libImaging/Geometry.c">Pillow, Geometry.c</a>
     */
    void apply(Planes image) {
        int height = image.height();
        int width = image.width();
        byte[] target = image.spare();
        for (int y = 0; y < height; y++) {
            double byRowX = b * (y + 0.5);
            double byRowY = e * (y + 0.5);
            for (int x = 0; x < width; x++) {
                double fromX = a * (x + 0.5) + byRowX + c;
                double fromY = d * (x + 0.5) + byRowY + f;
                boolean inside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
                for (int at = y * width + x, plane = 0; at < target.length; at += height * width) {
                    target[at] = inside ? sample(image, plane, fromX - 0.5, fromY - 0.5) : 0;
                    plane += height * width;
                }
            }
        }
        image.swap();
    }

    /** At most half a pixel beyond the outermost middles, whose values hold there. */
    private static byte sample(Planes image, int plane, double x, double y) {
        byte[] values = image.values();
        int width = image.width();
        // Rounds down, faster than floor: neither is below -0.5.
        int left = (int) (x + 1) - 1;
        int top = (int) (y + 1) - 1;
        double right = x - left;
        double down = y - top;
        int x0 = Math.max(0, left);
        int x1 = Math.min(width - 1, left + 1);
        int row0 = plane + Math.max(0, top) * width;
        int row1 = plane + Math.min(image.height() - 1, top + 1) * width;
        double upper = between(values[row0 + x0] & 0xff, values[row0 + x1] & 0xff, right);
        double lower = between(values[row1 + x0] & 0xff, values[row1 + x1] & 0xff, right);
        return (byte) (int) between(upper, lower, down);
    }

    private static double between(double from, double to, double share) {
        return from + (to - from) * share;
    }
}
