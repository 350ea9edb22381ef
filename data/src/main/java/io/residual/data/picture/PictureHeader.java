package io.residual.data.picture;

import io.residual.data.picture.FileBytes.Order;
import io.residual.data.picture.PictureException.Reason;
import java.util.Locale;

/**
 * What the header of a picture's file says, read before anything is decoded or allocated.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param pixelBytes bytes that a decoder holds for each pixel, from 1 on
 */
public record PictureHeader(PictureFormat format, long width, long height, int pixelBytes) {
    /** Red, green and blue of the decoded picture. */
    private static final int PICTURE_BYTES = 3;

    /** For each row and column: what resizing keeps of them. */
    private static final int SIDE_BYTES = 16;

    /** Bytes that the reader of WebP makes of one at most; memory is bounded by the budget. */
    private static final int WEBP_RATIO = 2048;

    /** Buffers of the decoders. */
    private static final long FIXED_BYTES = 256 * 1024;

    public PictureHeader {
        if (!(width >= 1 && height >= 1 && pixelBytes >= 1)) {
            throw new IllegalArgumentException(
                    "a picture has pixels, got " + width + " x " + height + " of " + pixelBytes + " bytes");
        }
    }

    /**
     * Reads the header of a file.
     *
     * @throws PictureException if it is no picture, or its header is damaged
     */
    public static PictureHeader of(byte[] file) throws PictureException {
        if (file.length == 0) {
            throw new PictureException(Reason.FORMAT, "empty: it has no bytes");
        }
        PictureFormat format = PictureFormat.of(file)
                .orElseThrow(() -> new PictureException(
                        Reason.FORMAT, "not a " + PictureFormat.NAMES + " picture, by its first bytes"));
        try {
            return switch (format) {
                case PNG -> png(new FileBytes(file, Order.BIG));
                case JPEG -> jpeg(new FileBytes(file, Order.BIG));
                case WEBP -> webp(file);
                case BMP -> bmp(new FileBytes(file, Order.LITTLE));
                case GIF -> gif(new FileBytes(file, Order.LITTLE));
                case TIFF -> tiff(tiffBytes(file));
            };
        } catch (IndexOutOfBoundsException e) {
            throw cutShort(format, e);
        } catch (IllegalArgumentException e) {
            throw new PictureException(Reason.DAMAGED, "a damaged " + format + " (" + e.getMessage() + ")", e);
        }
    }

    static PictureException cutShort(PictureFormat format, Throwable cause) {
        return new PictureException(Reason.DAMAGED, "a " + format + " that ends too early: was it cut short?", cause);
    }

    public long pixels() {
        long pixels = width * height;
        return width > Integer.MAX_VALUE || height > Integer.MAX_VALUE ? Long.MAX_VALUE : pixels;
    }

    /** Heap that decoding and resizing take at most. */
    public long decodingBytes() {
        double bytes = (double) pixels() * (pixelBytes + PICTURE_BYTES) + (double) SIDE_BYTES * (width + height);
        return (long) bytes + FIXED_BYTES;
    }

    /** That the reader looks ahead by: it asks at the end of the bytes again for each code that takes no bits. */
    int lookahead() {
        return format == PictureFormat.WEBP ? 64 : 0;
    }

    /** As many as the reader of WebP wants for so many pixels, which is more than a file of one colour has. */
    long claimedBytes() {
        return format == PictureFormat.WEBP ? pixels() * 4 / WEBP_RATIO + 1 : 0;
    }

    private static PictureHeader png(FileBytes file) {
        requireAt(file, 12, "IHDR");
        int samples = switch (file.u8(25)) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
        // Some are widened while they are read.
        int sampleBytes = file.u8(24) > 8 ? 2 : 1;
        return new PictureHeader(PictureFormat.PNG, file.u32(16), file.u32(20), samples * sampleBytes + 1);
    }

    private static PictureHeader gif(FileBytes file) {
        long frame = firstFrame(file);
        long width = Math.max(file.u16(6), file.u16(frame + 1) + file.u16(frame + 5));
        long height = Math.max(file.u16(8), file.u16(frame + 3) + file.u16(frame + 7));
        return new PictureHeader(PictureFormat.GIF, width, height, 2);
    }

    /** Where the descriptor of the first frame stands, after the screen's and other blocks. */
    static long firstFrame(FileBytes file) {
        long at = 13L + colours(file.u8(10));
        while (file.u8(at) != ',') {
            if (file.u8(at) != '!') {
                throw new IllegalArgumentException("no frame at byte " + at);
            }
            at += 2;
            while (file.u8(at) != 0) {
                at += 1 + file.u8(at);
            }
            at++;
        }
        return at;
    }

    private static int colours(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private static PictureHeader bmp(FileBytes file) {
        boolean old = file.u32(14) == 12;
        int bits = file.u16(old ? 24 : 28);
        return new PictureHeader(
                PictureFormat.BMP,
                old ? file.u16(18) : file.i32(18),
                old ? file.u16(20) : Math.abs((long) file.i32(22)),
                Math.max(1, bits / 8) + 1);
    }

    private static PictureHeader webp(byte[] file) {
        WebpFile webp = WebpFile.of(file);
        // Lossless ones are decoded into four bytes, lossy ones keep their modes as well.
        return new PictureHeader(PictureFormat.WEBP, webp.width(), webp.height(), 8);
    }

    private static PictureHeader jpeg(FileBytes file) {
        long at = 2;
        while (true) {
            int marker = file.u8(at + 1);
            if (file.u8(at) != 0xff) {
                throw new IllegalArgumentException("no marker at byte " + at);
            }
            boolean frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
            if (frame) {
                int components = file.u8(at + 9);
                // Progressive ones keep coefficients of two bytes.
                int bytes = marker == 0xc2 ? 3 * components : components;
                return new PictureHeader(PictureFormat.JPEG, file.u16(at + 7), file.u16(at + 5), bytes);
            }
            at += marker == 0xff ? 1 : isAlone(marker) ? 2 : 2 + Math.max(2, file.u16(at + 2));
        }
    }

    /** Markers without a length. */
    private static boolean isAlone(int marker) {
        return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    }

    static FileBytes tiffBytes(byte[] file) {
        return new FileBytes(file, file[0] == 'M' ? Order.BIG : Order.LITTLE);
    }

    private static PictureHeader tiff(FileBytes file) {
        TiffDirectory first = TiffDirectory.of(file);
        long width = first.value(256, 0);
        long height = first.value(257, 0);
        long samples = first.value(277, 1);
        long bits = first.value(258, 1);
        // A tile is decoded beside the picture, even where it reaches beyond it.
        long tile = Math.multiplyExact(first.value(322, 1), first.value(323, 1));
        if (!(samples >= 1 && samples <= 64 && bits >= 1 && bits <= 64 && tile <= 4 * (width + 512) * (height + 512))) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "%d samples of %d bits, in tiles of %d pixels", samples, bits, tile));
        }
        return new PictureHeader(PictureFormat.TIFF, width, height, (int) (2 * samples * ((bits + 7) / 8)) + 1);
    }

    private static void requireAt(FileBytes file, long at, String name) {
        if (!file.name(at).equals(name)) {
            throw new IllegalArgumentException("no " + name + " where it belongs");
        }
    }
}
