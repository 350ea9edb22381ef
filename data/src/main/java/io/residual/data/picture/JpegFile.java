package io.residual.data.picture;

import io.residual.data.picture.FileBytes.Order;
import io.residual.data.picture.PictureException.Reason;
import java.io.ByteArrayOutputStream;
import java.util.Locale;

/**
 * The segments of a JPEG file: what its samples mean, what decoding it costs, and a copy with what decoding takes and no
 * more. Texts, previews and colour profiles are dropped.
 *
 * @param samples what the components are, by libjpeg's rules
 * @param blocks 8 x 8 blocks that are visited, each as often as there are scans that hold it
 * @param scans passes over the picture
 * @param content the copy
 */
@SuppressWarnings("ArrayRecordComponent") // within this package, and never compared
record JpegFile(Samples samples, long blocks, int scans, byte[] content) {
    /** What the components of a pixel are. */
    enum Samples {
        GREY,
        RGB,
        YCBCR,
        CMYK,
        YCCK
    }

    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int APP0 = 0xe0;
    private static final int APP14 = 0xee;
    private static final int COMMENT = 0xfe;

    /**
     * Reads all segments.
     *
     * @throws IndexOutOfBoundsException if one is cut short
     */
    static JpegFile of(byte[] file) throws PictureException {
        return new Reading(file).run();
    }

    /**
     * Fails if the file asks for more work than any picture of so many pixels.
     *
     * @param maxBlocks visits of blocks
     */
    void requireFewerBlocks(long maxBlocks) throws PictureException {
        if (blocks > maxBlocks) {
            throw new PictureException(
                    Reason.LIMIT,
                    String.format(
                            Locale.ROOT,
                            "takes too long to decode (%,d scans): save the picture again, not progressive",
                            scans));
        }
    }

    /** One pass over a file. */
    private static final class Reading {
        private final FileBytes file;
        private final ByteArrayOutputStream content;
        private boolean jfif;
        /** Adobe's, or -1. */
        private int transform = -1;

        private long frame;
        private long blocks;
        private int scans;

        Reading(byte[] bytes) {
            this.file = new FileBytes(bytes, Order.BIG);
            this.content = new ByteArrayOutputStream(bytes.length);
        }

        JpegFile run() throws PictureException {
            marker(0xd8);
            long at = 2;
            while (at < file.size()) {
                int marker = file.u8(at + 1);
                if (file.u8(at) != 0xff || marker == 0xff || marker == 0) {
                    // Between segments there may be anything, and libjpeg skips it.
                    at++;
                } else if (marker == EOI) {
                    break;
                } else if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
                    at += 2;
                } else {
                    at = segment(at, marker);
                }
            }
            marker(EOI);
            return new JpegFile(samples(), blocks, scans, content.toByteArray());
        }

        private void marker(int marker) {
            content.write(0xff);
            content.write(marker);
        }

        /** Returns where the next one starts. */
        private long segment(long at, int marker) throws PictureException {
            long end = at + 2 + Math.max(2, file.u16(at + 2));
            file.u8(end - 1);
            if (marker == APP0) {
                jfif |= file.u16(at + 2) >= 14 && file.name(at + 4).equals("JFIF");
            } else if (marker == APP14
                    && file.u16(at + 2) >= 12
                    && file.name(at + 4).equals("Adob")) {
                transform = file.u8(at + 15);
            }
            if ((marker >= APP0 && marker <= 0xef) || marker == COMMENT) {
                return end;
            }
            if (isFrame(marker)) {
                frame = frame == 0 ? at : frame;
                requireReadable(marker);
            }
            if (marker == SOS) {
                scan(at);
                end = endOfScan(end);
            }
            content.write(file.bytes(), (int) at, (int) (end - at));
            return end;
        }

        private static boolean isFrame(int marker) {
            return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        }

        private static void requireReadable(int marker) throws PictureException {
            if (marker > 0xc2) {
                throw new PictureException(
                        Reason.FORMAT,
                        "a JPEG with " + (marker >= 0xc9 ? "arithmetic coding" : "lossless coding")
                                + ", which is not read: save the picture again");
            }
        }

        private void scan(long at) {
            if (frame == 0) {
                throw new IllegalArgumentException("pixels without a size");
            }
            scans++;
            int count = file.u8(at + 4);
            for (int i = 0; i < count; i++) {
                blocks += blocks(file.u8(at + 5 + 2L * i));
            }
        }

        /** Blocks of one component, by its number. */
        private long blocks(int component) {
            int maxAcross = 1;
            int maxDown = 1;
            int sampling = 0x11;
            for (int i = 0; i < file.u8(frame + 9); i++) {
                int own = file.u8(frame + 11 + 3L * i);
                maxAcross = Math.max(maxAcross, own >> 4);
                maxDown = Math.max(maxDown, own & 15);
                sampling = file.u8(frame + 10 + 3L * i) == component ? own : sampling;
            }
            long across = (long) file.u16(frame + 7) * (sampling >> 4) / (8L * maxAcross) + 2;
            long down = (long) file.u16(frame + 5) * (sampling & 15) / (8L * maxDown) + 2;
            return across * down;
        }

        private long endOfScan(long from) {
            long at = from;
            while (at + 1 < file.size()) {
                if (file.u8(at) == 0xff) {
                    int next = file.u8(at + 1);
                    boolean inside = next == 0 || next == 0xff || (next >= 0xd0 && next <= 0xd7);
                    if (!inside) {
                        return at;
                    }
                }
                at++;
            }
            return file.size();
        }

        private Samples samples() throws PictureException {
            if (frame == 0 || scans == 0) {
                throw new IndexOutOfBoundsException("no pixels");
            }
            int components = file.u8(frame + 9);
            return switch (components) {
                case 1 -> Samples.GREY;
                case 3 -> isRgb() ? Samples.RGB : Samples.YCBCR;
                case 4 -> transform > 0 ? Samples.YCCK : Samples.CMYK;
                default ->
                    throw new PictureException(
                            Reason.FORMAT, "a JPEG with " + components + " components: 1, 3 and 4 are read");
            };
        }

        private boolean isRgb() {
            if (jfif || transform >= 0) {
                return !jfif && transform == 0;
            }
            return file.u8(frame + 10) == 'R' && file.u8(frame + 13) == 'G' && file.u8(frame + 16) == 'B';
        }
    }
}
