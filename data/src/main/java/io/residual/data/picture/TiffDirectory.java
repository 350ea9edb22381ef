package io.residual.data.picture;

import java.util.HashMap;
import java.util.Map;

/**
 * The first directory of a TIFF file: the numbers of its entries.
 *
 * @param numbers by tag, the first of each entry
 * @param colourMap where the levels of its palette stand, or 0
 */
record TiffDirectory(FileBytes file, Map<Integer, Long> numbers, long colourMap) {
    private static final int COLOUR_MAP = 320;
    private static final int ENTRY_BYTES = 12;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    /** Of the types from 1 on: byte, text, short, long, rational, and the same with signs, float and double, pointer. */
    private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

    /** Lengths of strips and tiles. */
    private static final int[] LENGTHS = {279, 325};

    /**
     * Reads the directory.
     *
     * @throws IndexOutOfBoundsException if the file is shorter than an entry says
     */
    static TiffDirectory of(FileBytes file) {
        long directory = file.u32(4);
        Map<Integer, Long> numbers = new HashMap<>();
        long colourMap = 0;
        int entries = file.u16(directory);
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + (long) ENTRY_BYTES * i;
            int type = file.u16(entry + 2);
            long count = file.u32(entry + 4);
            long bytes = count * (type < TYPE_BYTES.length ? TYPE_BYTES[type] : 0);
            long at = bytes > 4 ? file.u32(entry + 8) : entry + 8;
            if (bytes > 0) {
                file.u8(at + bytes - 1);
            }
            if (count > 0 && (type == SHORT || type == LONG)) {
                numbers.put(file.u16(entry), type == SHORT ? file.u16(at) : file.u32(at));
                requireInside(file, file.u16(entry), type, count, at);
                colourMap = file.u16(entry) == COLOUR_MAP && type == SHORT ? at : colourMap;
            }
        }
        return new TiffDirectory(file, numbers, colourMap);
    }

    private static void requireInside(FileBytes file, int tag, int type, long count, long at) {
        for (int lengths : LENGTHS) {
            for (long i = 0; tag == lengths && i < count; i++) {
                long length = type == SHORT ? file.u16(at + 2 * i) : file.u32(at + 4 * i);
                if (length > file.size()) {
                    throw new IndexOutOfBoundsException("a strip of " + length + " bytes");
                }
            }
        }
    }

    /**
     * The colours of the palette: of 16 bits the upper 8, where Java's reader rounds.
     *
     * @param bits of an index, 1 to 8
     */
    Colours palette(int bits) {
        int count = 1 << bits;
        return (samples, at) -> {
            long entry = colourMap + 2L * samples[at];
            return Colours.rgb(
                    file.u16(entry) >> 8, file.u16(entry + 2L * count) >> 8, file.u16(entry + 4L * count) >> 8);
        };
    }

    long value(int tag, long missing) {
        return numbers.getOrDefault(tag, missing);
    }
}
