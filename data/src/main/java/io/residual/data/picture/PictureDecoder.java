package io.residual.data.picture;

import io.residual.data.picture.PictureException.Reason;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads PNG, JPEG, WebP, BMP and GIF (its first frame) within limits. Grey pictures stay grey to the bit; colours are
 * converted to sRGB where the file has another profile; of 16 bits the upper 8 count; transparent parts are laid over
 * white, as a page shows them. A turn that a camera only noted (EXIF) is undone neither here nor when training.
 *
 * <p>Safe for use by several threads.
 */
public final class PictureDecoder {
    private static final Pattern CUT = Pattern.compile("(?i)truncated|premature end");

    private final PictureLimits limits;
    private final DecodingBudget budget;

    /** With a share of the heap for pictures being decoded. */
    public PictureDecoder(PictureLimits limits) {
        this(limits, DecodingBudget.ofHeap());
    }

    public PictureDecoder(PictureLimits limits, DecodingBudget budget) {
        this.limits = limits;
        this.budget = budget;
    }

    public DecodingBudget budget() {
        return budget;
    }

    public PictureLimits limits() {
        return limits;
    }

    /**
     * Reads a file.
     *
     * @throws PictureException if it is no picture, too large or damaged
     * @throws IOException if it is not there or cannot be read
     */
    public Picture decode(Path file) throws IOException {
        return decode(content(file));
    }

    /**
     * The bytes of a file, not decoded.
     *
     * @throws PictureException if it is a folder, or has more bytes than allowed
     * @throws IOException if it is not there or cannot be read
     */
    public byte[] content(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new PictureException(Reason.FORMAT, "a folder, not a picture");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(Math.addExact(limits.bytes(), 1));
            requireFewBytes(content);
            return content;
        }
    }

    private void requireFewBytes(byte[] content) throws PictureException {
        if (content.length > limits.bytes()) {
            throw new PictureException(
                    Reason.BYTES,
                    String.format(Locale.ROOT, "larger than %,d bytes: reduce the picture", limits.bytes()));
        }
    }

    /**
     * Reads the header of a file's content.
     *
     * @throws PictureException if it is no picture, or larger than allowed
     */
    public PictureHeader header(byte[] file) throws PictureException {
        requireFewBytes(file);
        PictureHeader header = PictureHeader.of(file);
        if (header.pixels() > limits.pixels()) {
            throw new PictureException(
                    Reason.PIXELS,
                    String.format(
                            Locale.ROOT,
                            "%d x %d pixels, more than the %,d allowed: reduce the picture",
                            header.width(),
                            header.height(),
                            limits.pixels()));
        }
        return header;
    }

    /**
     * Reads the content of a file, and waits for memory before if other threads have it.
     *
     * @throws PictureException if it is no picture, too large or damaged
     */
    public Picture decode(byte[] file) throws PictureException {
        try (DecodingBudget.Lease lease = budget.reserve(header(file).decodingBytes())) {
            return decode(file, lease);
        }
    }

    /**
     * Reads the content of a file.
     *
     * @param lease of what its header asks for; the caller gives it back
     * @throws PictureException if it is no picture, too large or damaged
     */
    public Picture decode(byte[] file, DecodingBudget.Lease lease) throws PictureException {
        PictureFormat format = header(file).format();
        ImageReader reader = format.reader();
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            // Texts and profiles in the metadata are compressed and can unfold without limit: they are skipped.
            reader.setInput(in, true, true);
            return Pixels.of(decode(reader));
        } catch (PictureException e) {
            throw e;
        } catch (EOFException e) {
            throw PictureHeader.cutShort(format, e);
        } catch (IOException | RuntimeException e) {
            // The decoders throw whatever comes up when they meet nonsense, IndexOutOfBounds and IllegalArgument too.
            throw new PictureException(Reason.DAMAGED, "a damaged " + format + " (" + oneLine(e) + ")", e);
        } finally {
            reader.dispose();
        }
    }

    private BufferedImage decode(ImageReader reader) throws IOException {
        // JDK's JPEG reader fills what is missing with grey and only warns.
        List<String> cuts = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> {
            if (CUT.matcher(warning).find()) {
                cuts.add(warning);
            }
        });
        Deadline deadline = new Deadline(limits.decoding());
        reader.addIIOReadProgressListener(deadline);
        ImageReadParam parameters = reader.getDefaultReadParam();
        BufferedImage image = reader.read(0, parameters);
        if (deadline.passed()) {
            throw new PictureException(
                    Reason.LIMIT,
                    "not decoded within " + limits.decoding().toSeconds()
                            + " s: save the picture again, not progressive");
        }
        if (!cuts.isEmpty()) {
            throw new EOFException(cuts.get(0));
        }
        return image;
    }

    private static String oneLine(Throwable error) {
        String message = error.getMessage();
        return message == null
                ? error.getClass().getSimpleName()
                : message.lines().findFirst().orElse("").strip();
    }
}
