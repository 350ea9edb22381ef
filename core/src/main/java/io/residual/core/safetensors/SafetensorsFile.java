package io.residual.core.safetensors;

import io.residual.core.files.RegularFile;
import io.residual.core.safetensors.Header.Entry;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file that was read and found complete: a header that names tensors, and data that they tile without gap or
 * overlap. The data are mapped, not loaded: they cost address space until a tensor is copied out. A writer must replace
 * the file by renaming another over it, as {@link SafetensorsWriter} does; one that cuts the file while it is mapped
 * makes an access fail with an {@link InternalError}.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The format</a>
 */
public final class SafetensorsFile {
    /** How a zip archive starts, which is what PyTorch saves: "PK", 3, 4. */
    private static final long ZIP = 0x04034b50;

    private final String where;
    private final Map<String, String> metadata;
    private final Map<String, SafetensorsTensor> tensors;

    private SafetensorsFile(String where, Map<String, String> metadata, Map<String, SafetensorsTensor> tensors) {
        this.where = where;
        this.metadata = metadata;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Reads and checks the header and maps the data. A file named {@code *.safetensors.index.json} is the index of several
     * files beside it, whose tensors are read as if they were in one.
     *
     * @throws SafetensorsException if the content breaks a rule of the format, or a tensor has more than 2^31 - 1 bytes
     * @throws IOException if the file cannot be read
     */
    public static SafetensorsFile read(Path path) throws IOException {
        String where = path.toString();
        if (where.endsWith(ShardIndex.SUFFIX)) {
            return new SafetensorsFile(where, Map.of(), ShardIndex.read(path).tensors());
        }
        try (FileChannel file = RegularFile.open(path)) {
            long fileBytes = file.size();
            long headerBytes = headerBytes(where, file, fileBytes);
            long dataStart = Long.BYTES + headerBytes;
            Header header = HeaderParser.parse(where, headerText(where, file, headerBytes));
            List<Entry> entries = header.layOut(where, fileBytes - dataStart);
            return new SafetensorsFile(where, header.metadata(), map(where, file, dataStart, entries));
        }
    }

    /**
     * Reads the header's {@code __metadata__} alone, and maps nothing.
     *
     * @return empty if it has none
     * @throws SafetensorsException if the header breaks a rule of the format
     * @throws IOException if the file cannot be read
     */
    public static Map<String, String> readMetadata(Path path) throws IOException {
        String where = path.toString();
        try (FileChannel file = RegularFile.open(path)) {
            long headerBytes = headerBytes(where, file, file.size());
            return HeaderParser.parse(where, headerText(where, file, headerBytes))
                    .metadata();
        }
    }

    /** Returns the names of the tensors in the order of their data. */
    public Set<String> names() {
        return tensors.keySet();
    }

    /** Returns the header's {@code __metadata__}, empty if it has none. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Returns a tensor.
     *
     * @throws SafetensorsException if the file has none of that name
     */
    public SafetensorsTensor tensor(String name) throws SafetensorsException {
        SafetensorsTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new SafetensorsException(
                    where + ": has no tensor " + Quoted.name(name) + " among its " + tensors.size());
        }
        return tensor;
    }

    /**
     * Returns a copy of the elements of an F32, F16 or BF16 tensor, in C order.
     *
     * @param shape the shape that the tensor must have, outermost axis first; none for a scalar
     * @throws SafetensorsException if there is no such tensor, or its type or shape is another
     */
    public float[] floats(String name, long... shape) throws SafetensorsException {
        return tensor(name).ofShape(shape).floats();
    }

    /**
     * Returns a copy of the elements of a tensor of any integer type, in C order.
     *
     * @param shape the shape that the tensor must have, outermost axis first; none for a scalar
     * @throws SafetensorsException if there is no such tensor, or its type or shape is another
     */
    public long[] longs(String name, long... shape) throws SafetensorsException {
        return tensor(name).ofShape(shape).longs();
    }

    /** The path that it was read from. */
    @Override
    public String toString() {
        return where;
    }

    private static long headerBytes(String where, FileChannel file, long fileBytes) throws IOException {
        if (fileBytes < Long.BYTES) {
            throw new SafetensorsException(where + ": the file has " + fileBytes
                    + " bytes; a safetensors file starts with the 8 bytes of its header's length");
        }
        long headerBytes = readFully(where, file, Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if ((headerBytes & 0xffffffffL) == ZIP) {
            throw new SafetensorsException(
                    where + ": is a file of torch.save, which is never read here because reading one"
                            + " runs the code in it: load it in PyTorch, and save its state_dict by"
                            + " safetensors.torch.save_file");
        }
        if (headerBytes < 0 || headerBytes > Header.MAX_BYTES) {
            throw new SafetensorsException(where + ": " + insteadOfWeights(headerBytes));
        }
        if (headerBytes > fileBytes - Long.BYTES) {
            throw new SafetensorsException(where + ": the header's length is " + headerBytes + " bytes, but only "
                    + (fileBytes - Long.BYTES) + " follow in the file. Is it cut off?");
        }
        return headerBytes;
    }

    /** What a download may have brought in place of the file, by its first eight bytes. */
    private static String insteadOfWeights(long start) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(start)
                .array();
        String text = new String(bytes, StandardCharsets.US_ASCII);
        if (text.equals("version ")) {
            return "is a pointer of Git LFS, not the weights: fetch them with git lfs pull";
        }
        if (text.startsWith("<")) {
            return "is a web page, not the weights: download the file itself";
        }
        return "the header's length is " + Long.toUnsignedString(start) + " bytes, the format allows "
                + Header.MAX_BYTES + ". Is this a safetensors file?";
    }

    private static CharBuffer headerText(String where, FileChannel file, long headerBytes) throws IOException {
        ByteBuffer encoded = readFully(where, file, Math.toIntExact(headerBytes));
        try {
            // A new decoder reports bad bytes; replacing them could make two names one.
            return StandardCharsets.UTF_8.newDecoder().decode(encoded);
        } catch (CharacterCodingException e) {
            throw new SafetensorsException(where + ": the header is not UTF-8", e);
        }
    }

    private static ByteBuffer readFully(String where, FileChannel file, int bytes) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(bytes);
        while (content.hasRemaining()) {
            if (file.read(content) < 0) {
                throw new EOFException(where + ": was cut off while it was read");
            }
        }
        return content.flip();
    }

    /** Maps runs of neighbours, each within the 2^31 - 1 bytes of a buffer: one mapping for any but a huge file. */
    private static Map<String, SafetensorsTensor> map(
            String where, FileChannel file, long dataStart, List<Entry> entries) throws IOException {
        Map<String, SafetensorsTensor> tensors = new LinkedHashMap<>();
        int from = 0;
        while (from < entries.size()) {
            long begin = entries.get(from).begin();
            int to = from;
            while (to < entries.size() && entries.get(to).end() - begin <= Integer.MAX_VALUE) {
                to++;
            }
            if (to == from) {
                Entry huge = entries.get(from);
                throw new SafetensorsException(where + ": tensor " + huge.quotedName() + ": has "
                        + (huge.end() - huge.begin()) + " bytes, this reader takes " + Integer.MAX_VALUE);
            }
            long length = entries.get(to - 1).end() - begin;
            ByteBuffer run = file.map(FileChannel.MapMode.READ_ONLY, dataStart + begin, length);
            for (Entry entry : entries.subList(from, to)) {
                ByteBuffer data = run.slice((int) (entry.begin() - begin), (int) (entry.end() - entry.begin()));
                tensors.put(
                        entry.name(), new SafetensorsTensor(where, entry.name(), entry.dtype(), entry.shape(), data));
            }
            from = to;
        }
        return tensors;
    }
}
