package io.residual.data.picture;

import io.residual.data.picture.FileBytes.Order;
import io.residual.data.picture.Pixels.Placement;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes one file with Java's reader of its format, which gets what it needs of the file alone.
 *
 * @param stream makes the stream that the reader reads
 * @param late whether the time is over
 */
@SuppressWarnings("ArrayRecordComponent") // within this package, and never compared
record Decoding(
        PictureHeader header,
        byte[] file,
        long maxBlocks,
        Function<byte[], ImageInputStream> stream,
        BooleanSupplier late) {
    private static final Pattern CUT = Pattern.compile("(?i)truncated|premature end");

    Picture run() throws IOException {
        return switch (header.format()) {
            case JPEG -> jpeg();
            case PNG -> {
                PngFile png = PngFile.of(file);
                Raster raster = read(png.content(), reader -> reader.read(0)).getRaster();
                yield Pixels.of(raster, png.colours(), inPlace(raster));
            }
            case WEBP -> webp();
            case GIF -> {
                FileBytes gif = new FileBytes(file, Order.LITTLE);
                long frame = PictureHeader.firstFrame(gif);
                BufferedImage image = read(file, reader -> reader.read(0));
                yield pixels(image, colours(image), gif.u16(frame + 1), gif.u16(frame + 3));
            }
            case BMP -> {
                BufferedImage image = read(file, reader -> reader.read(0));
                yield pixels(image, colours(image), 0, 0);
            }
            case TIFF -> tiff();
        };
    }

    private Picture webp() throws IOException {
        WebpFile webp = WebpFile.of(file);
        BufferedImage image =
                read(WebpFile.withoutProfile(file), reader -> reader.read(0, WatchedRaster.parameters(reader, late)));
        if (image.getAlphaRaster() != null && webp.isExtended()) {
            WebpFile.putPlainAlpha(file, image.getAlphaRaster());
        }
        return pixels(image, colours(image), webp.left(), webp.top());
    }

    private Picture tiff() throws IOException {
        BufferedImage image = read(file, reader -> reader.read(0));
        TiffDirectory directory = TiffDirectory.of(PictureHeader.tiffBytes(file));
        int bits = image.getSampleModel().getSampleSize(0);
        boolean ownPalette = directory.colourMap() != 0
                && image.getColorModel() instanceof IndexColorModel
                && directory.value(258, 1) == bits;
        return pixels(image, ownPalette ? directory.palette(bits) : colours(image), 0, 0);
    }

    private Colours colours(BufferedImage image) throws PictureException {
        return Colours.of(image, header.format());
    }

    private Picture jpeg() throws IOException {
        JpegFile jpeg = JpegFile.of(file);
        jpeg.requireFewerBlocks(maxBlocks);
        // Samples, because Java's colours are others than libjpeg's for some files. No listener asks for progress: the
        // reader would make the complete picture after each scan.
        Raster raster = read(jpeg.content(), reader -> reader.readRaster(0, null));
        return Pixels.of(raster, Colours.of(jpeg.samples()), inPlace(raster));
    }

    private Picture pixels(BufferedImage image, Colours colours, int left, int top) {
        int around = 0;
        if (image.getColorModel() instanceof IndexColorModel palette && palette.getTransparentPixel() < 0) {
            around = palette.getRGB(0);
        }
        Placement placement = new Placement((int) header.width(), (int) header.height(), left, top, around);
        return Pixels.of(image.getRaster(), colours, placement);
    }

    private static Placement inPlace(Raster raster) {
        return new Placement(raster.getWidth(), raster.getHeight(), 0, 0, 0);
    }

    /** What a reader is asked for. */
    private interface Read<T> {
        T from(ImageReader reader) throws IOException;
    }

    private <T> T read(byte[] content, Read<T> read) throws IOException {
        ImageReader reader = header.format().reader();
        // Java's JPEG reader fills what is missing with grey and only warns.
        List<String> cuts = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> {
            if (CUT.matcher(warning).find()) {
                cuts.add(warning);
            }
        });
        try (ImageInputStream in = stream.apply(content)) {
            reader.setInput(in, true, true);
            T image = read.from(reader);
            if (!cuts.isEmpty()) {
                throw new EOFException(cuts.get(0));
            }
            return image;
        } finally {
            reader.dispose();
        }
    }
}
