package io.residual.report.page;

import io.residual.report.Markup;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/**
 * A picture within the page.
 *
 * @param png the file in base 64
 * @param width pixels of the file
 * @param height pixels of the file
 * @param alternative what it shows, for those who cannot see it
 * @param caption the lines below it
 */
public record InlineImage(String png, int width, int height, String alternative, String caption) {
    /** Encodes an image. */
    public static InlineImage of(BufferedImage image, String alternative, String caption) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "png", bytes)) {
                throw new IllegalArgumentException("an image of type " + image.getType() + " cannot be a PNG");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an image could not be encoded in memory", e);
        }
        String png = Base64.getEncoder().encodeToString(bytes.toByteArray());
        return new InlineImage(png, image.getWidth(), image.getHeight(), alternative, caption);
    }

    void write(Markup html) {
        html.open("li").open("figure");
        html.leaf("img", "src", "data:image/png;base64," + png, "width", width, "height", height, "alt", alternative);
        html.element("figcaption", caption).close().close().line();
    }
}
