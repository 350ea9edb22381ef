package io.residual.benchmark.rounds;

import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is run: a network on grey square images, 10 classes.
 *
 * @param pixels side of the images, at least 1
 * @param batch images in a step, at least 1; one image is for inference, since a batch norm trains on more than one value
 * @param width channels of the stem, at least 1; the model's own is the network itself
 */
public record Case(Model model, int pixels, int batch, int width) {
    private static final Pattern TEXT = Pattern.compile("(?:(resnet18|resnet20):)?([1-9]\\d{0,3})x([1-9]\\d{0,4})");

    public Case {
        if (!(pixels >= 1 && batch >= 1 && width >= 1)) {
            throw new IllegalArgumentException(
                    "a case needs images of at least 1 pixel, a batch of at least 1 and a width"
                            + " of at least 1, got " + pixels + " pixels, batch " + batch + ", width " + width);
        }
    }

    /**
     * Reads pixels and batch, such as {@code 28x256} of ResNet-18 or {@code resnet20:28x128}.
     *
     * @param width channels of the stem; the model's own where absent
     * @throws IllegalArgumentException if the text is something else
     */
    public static Case parse(String text, OptionalInt width) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "a case is written PIXELSxBATCH, such as 28x256, or resnet20:28x128, got '" + text + "'");
        }
        Model model = Arrays.stream(Model.values())
                .filter(m -> m.word().equals(matcher.group(1)))
                .findFirst()
                .orElse(Model.RESNET_18);
        return new Case(
                model,
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                width.orElse(model.width()));
    }

    public ResNetSpec spec() {
        return model.spec().withInput(new ImageShape(1, pixels, pixels)).withWidth(width);
    }

    /** Whether it is about the time of one image rather than about images per second. */
    public boolean measuresLatency() {
        return batch == 1;
    }

    /** As {@link #parse} reads it. */
    public String label() {
        String size = pixels + "x" + batch;
        return model == Model.RESNET_18 ? size : model.word() + ":" + size;
    }
}
