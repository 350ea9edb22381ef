package io.residual.data.picture;

import io.residual.data.picture.FileBytes.Order;
import java.io.ByteArrayOutputStream;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG file: what its samples mean, and a copy with what decoding takes and no more. Texts and profiles,
 * which can unfold without limit, are dropped, and transparency is taken from here: Java's reader keeps it in some of the
 * places where the format allows it.
 *
 * @param content the copy
 */
@SuppressWarnings("ArrayRecordComponent") // within this package, and never compared
record PngFile(Colours colours, byte[] content) {
    private static final int SIGNATURE_BYTES = 8;
    private static final Set<String> KEPT = Set.of("IHDR", "PLTE", "IDAT", "IEND");

    /**
     * Reads all chunks.
     *
     * @throws IndexOutOfBoundsException if one is cut short
     */
    static PngFile of(byte[] bytes) {
        FileBytes file = new FileBytes(bytes, Order.BIG);
        ByteArrayOutputStream content = new ByteArrayOutputStream(bytes.length);
        content.write(bytes, 0, SIGNATURE_BYTES);
        long palette = 0;
        long transparency = 0;
        String name = "";
        for (long at = SIGNATURE_BYTES; !name.equals("IEND"); ) {
            name = file.name(at + 4);
            long end = at + 12 + file.u32(at);
            file.u8(end - 1);
            if (KEPT.contains(name)) {
                content.write(bytes, (int) at, (int) (end - at));
            }
            if (name.equals("PLTE")) {
                requireIntact(file, at, end);
                palette = at;
            } else if (name.equals("tRNS") && transparency == 0) {
                requireIntact(file, at, end);
                transparency = at;
            } else if (name.equals("IHDR")) {
                requireIntact(file, at, end);
            }
            at = end;
        }
        return new PngFile(colours(file, palette, transparency), content.toByteArray());
    }

    private static void requireIntact(FileBytes file, long at, long end) {
        CRC32 sum = new CRC32();
        sum.update(file.bytes(), (int) at + 4, (int) (end - at) - 8);
        if (sum.getValue() != file.u32(end - 4)) {
            throw new IllegalArgumentException("wrong checksum of " + file.name(at + 4));
        }
    }

    private static Colours colours(FileBytes file, long palette, long transparency) {
        int depth = file.u8(24);
        int shift = Math.max(0, depth - 8);
        int scale = depth >= 8 ? 1 : 255 / ((1 << depth) - 1);
        return switch (file.u8(25)) {
            case 0 -> {
                int key = transparency == 0 ? -1 : file.u16(transparency + 8);
                yield (s, at) -> Colours.grey((s[at] >> shift) * scale, s[at] == key ? 0 : 255);
            }
            case 2 -> {
                int red = transparency == 0 ? -1 : file.u16(transparency + 8);
                int green = transparency == 0 ? -1 : file.u16(transparency + 10);
                int blue = transparency == 0 ? -1 : file.u16(transparency + 12);
                yield (s, at) -> {
                    boolean clear = s[at] == red && s[at + 1] == green && s[at + 2] == blue;
                    int rgb = Colours.rgb(s[at] >> shift, s[at + 1] >> shift, s[at + 2] >> shift);
                    return clear ? rgb & 0xffffff : rgb;
                };
            }
            case 3 -> {
                int[] entries = palette(file, palette, transparency);
                yield (s, at) -> entries[s[at]];
            }
            case 4 -> (s, at) -> Colours.grey(s[at] >> shift, s[at + 1] >> shift);
            case 6 ->
                (s, at) -> Colours.rgb(s[at] >> shift, s[at + 1] >> shift, s[at + 2] >> shift)
                        & (s[at + 3] >> shift << 24 | 0xffffff);
            default -> throw new IllegalArgumentException("colour type " + file.u8(25));
        };
    }

    /** 256 entries; what the file lacks is black. */
    private static int[] palette(FileBytes file, long palette, long transparency) {
        if (palette == 0) {
            throw new IllegalArgumentException("no palette");
        }
        int[] entries = new int[256];
        for (int i = 0; i < entries.length; i++) {
            boolean there = 3L * i + 3 <= file.u32(palette);
            int alpha = transparency != 0 && i < file.u32(transparency) ? file.u8(transparency + 8 + i) : 255;
            entries[i] = alpha << 24 | (there ? file.u24(palette + 8 + 3L * i) : 0);
        }
        return entries;
    }
}
