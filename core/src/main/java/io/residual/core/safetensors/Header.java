package io.residual.core.safetensors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What the JSON at the front of a file says. Entries are in the order in which the header names them; {@link
 * #layOut(String, long)} puts them in the order of their data and proves that they tile it.
 */
record Header(Map<String, String> metadata, List<Entry> entries) {
    /** The format's cap on the length of a header in bytes, as in the reference implementation. */
    static final long MAX_BYTES = 100_000_000;

    /** The key of the metadata, which no tensor may have as its name. */
    static final String METADATA = "__metadata__";

    Header {
        metadata = Map.copyOf(metadata);
        entries = List.copyOf(entries);
    }

    /** One tensor: its data are the bytes [begin, end), counted from the end of the header. */
    record Entry(String name, DType dtype, List<Long> shape, long begin, long end) {
        Entry {
            shape = List.copyOf(shape);
        }

        String quotedName() {
            return Quoted.name(name);
        }

        String offsets() {
            return "[" + begin + ", " + end + "]";
        }
    }

    /**
     * Returns the entries in the order of their data.
     *
     * @param where the file, for the message
     * @param dataBytes how many bytes follow the header
     * @throws SafetensorsException if an entry contradicts itself or the entries do not tile the data exactly
     */
    List<Entry> layOut(String where, long dataBytes) throws SafetensorsException {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long at = 0;
        String before = "";
        for (Entry entry : sorted) {
            checkEntry(where, entry, dataBytes);
            String tensor = where + ": tensor " + entry.quotedName() + ": ";
            if (entry.begin() < at) {
                throw new SafetensorsException(tensor + "data_offsets " + entry.offsets() + " overlap tensor " + before
                        + ", which ends at " + at);
            }
            if (entry.begin() > at) {
                throw new SafetensorsException(tensor + "data_offsets " + entry.offsets() + " leave a hole: the bytes ["
                        + at + ", " + entry.begin() + "] before it belong to no tensor");
            }
            at = entry.end();
            before = entry.quotedName();
        }
        if (at != dataBytes) {
            throw new SafetensorsException(where + ": the tensors end at byte " + at + " of the data, but " + dataBytes
                    + " bytes of data follow the header: the last " + (dataBytes - at) + " belong to no tensor");
        }
        return sorted;
    }

    private static void checkEntry(String where, Entry entry, long dataBytes) throws SafetensorsException {
        String tensor = where + ": tensor " + entry.quotedName() + ": ";
        if (entry.begin() > entry.end()) {
            throw new SafetensorsException(tensor + "data_offsets " + entry.offsets() + " are reversed");
        }
        if (entry.end() > dataBytes) {
            throw new SafetensorsException(tensor + "data_offsets " + entry.offsets() + " reach past the " + dataBytes
                    + " bytes of data in the file. Is it cut off?");
        }
        long needed;
        try {
            needed = bytesOf(entry.dtype(), entry.shape());
        } catch (ArithmeticException e) {
            throw new SafetensorsException(
                    tensor + "shape " + Quoted.shape(entry.shape()) + " overflows: its size is no 64-bit number", e);
        }
        long held = entry.end() - entry.begin();
        if (held != needed) {
            throw new SafetensorsException(tensor + "shape " + Quoted.shape(entry.shape()) + " of " + entry.dtype()
                    + " needs " + needed + " bytes, but data_offsets " + entry.offsets() + " hold " + held);
        }
    }

    /** Returns how many bytes a tensor has, or throws an {@link ArithmeticException} if that overflows. */
    static long bytesOf(DType dtype, List<Long> shape) {
        long elements = 1;
        for (long axis : shape) {
            elements = Math.multiplyExact(elements, axis);
        }
        return Math.multiplyExact(elements, dtype.bytes());
    }

    static List<Long> shapeOf(long[] axes) {
        return Arrays.stream(axes).boxed().toList();
    }
}
