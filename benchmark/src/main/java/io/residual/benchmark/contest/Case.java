package io.residual.benchmark.contest;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is run: ResNet-18 of the book's flavour on grey square images, 10 classes.
 *
 * @param pixels side of the images, at least 1
 * @param batch images in a step, at least 2: a batch norm needs more than one value
 * @param width channels of the stem, at least 1; 64 is ResNet-18 itself
 */
public record Case(int pixels, int batch, int width) {
    private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,3})x([1-9]\\d{0,4})");

    public Case {
        if (!(pixels >= 1 && batch >= 2 && width >= 1)) {
            throw new IllegalArgumentException(
                    "a case needs images of at least 1 pixel, a batch of at least 2 and a width"
                            + " of at least 1, got " + pixels + " pixels, batch " + batch + ", width " + width);
        }
    }

    /**
     * Reads pixels and batch, such as {@code 28x256}.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    public static Case parse(String text, int width) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "a case is written PIXELSxBATCH, such as 28x256 or 96x64, got '" + text + "'");
        }
        return new Case(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), width);
    }

    public ResNetSpec spec() {
        return ResNetSpec.resNet(18, Flavour.BOOK)
                .withInput(new ImageShape(1, pixels, pixels))
                .withWidth(width);
    }

    /** As {@link #parse} reads it. */
    public String label() {
        return pixels + "x" + batch;
    }
}
