package io.residual.core.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.residual.core.files.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gathers tensors and writes them as one safetensors file. The bytes depend on the content alone, not on the order in
 * which it was added: tensors stand as in the reference implementation, wider types first and then by name, so that each
 * starts at a multiple of its element's size; metadata stand by key. Arrays are not copied before they are written.
 */
public final class SafetensorsWriter {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int CHUNK_BYTES = 1 << 16;

    private final Map<String, String> metadata = new TreeMap<>();
    private final Map<String, Content> tensors = new TreeMap<>();

    /** What a tensor holds; its bytes are made when they are written, one chunk at a time. */
    private record Content(DType dtype, List<Long> shape, ChunkWriter values) {
        long bytes() {
            return Header.bytesOf(dtype, shape);
        }
    }

    @FunctionalInterface
    private interface ChunkWriter {
        void writeTo(WritableByteChannel out) throws IOException;
    }

    /**
     * Adds an entry of the header's metadata.
     *
     * @throws IllegalArgumentException if the key is there already
     */
    public SafetensorsWriter metadata(String key, String value) {
        if (metadata.putIfAbsent(key, value) != null) {
            throw new IllegalArgumentException("metadata " + Quoted.name(key) + " is there already");
        }
        return this;
    }

    /**
     * Adds an F32 tensor.
     *
     * @param values the elements in C order, read when the file is written
     * @param shape the lengths of the axes, outermost first; none for a scalar
     * @throws IllegalArgumentException if the shape does not fit the values, or the name is taken or reserved
     */
    public SafetensorsWriter floats(String name, float[] values, long... shape) {
        return add(name, DType.F32, values.length, shape, out -> write(values, out));
    }

    /**
     * Adds an I64 tensor.
     *
     * @param values the elements in C order, read when the file is written
     * @param shape the lengths of the axes, outermost first; none for a scalar
     * @throws IllegalArgumentException if the shape does not fit the values, or the name is taken or reserved
     */
    public SafetensorsWriter longs(String name, long[] values, long... shape) {
        return add(name, DType.I64, values.length, shape, out -> write(values, out));
    }

    /**
     * Adds an array of type FLOAT as F32, or of type LONG as I64, of its own shape; views and any ordering are written
     * in C order.
     *
     * @param array read when the file is written
     * @throws IllegalArgumentException if the array is of another type, or the name is taken or reserved
     */
    public SafetensorsWriter array(String name, INDArray array) {
        if (array.dataType() == DataType.FLOAT) {
            return add(
                    name,
                    DType.F32,
                    array.length(),
                    array.shape(),
                    out -> write(array.dup('c').data().asFloat(), out));
        }
        if (array.dataType() == DataType.INT64) {
            return add(
                    name,
                    DType.I64,
                    array.length(),
                    array.shape(),
                    out -> write(array.dup('c').data().asLong(), out));
        }
        throw new IllegalArgumentException(
                "tensor " + Quoted.name(name) + ": expected an array of FLOAT or LONG, found " + array.dataType());
    }

    /**
     * Writes the file completely or not at all: to a temporary file beside it, which is forced to the disk, read back, and then
     * renamed over it. After a failure the path holds what it held before.
     *
     * @throws IOException if the directory cannot be written or the disk is full
     */
    public void write(Path path) throws IOException {
        AtomicFile.write(path, content(path));
    }

    /**
     * Writes a file whose name holds the digest of its content, completely or not at all.
     *
     * @param name of the file in the directory, made from the SHA-256 of its content (64 hex digits in lower case)
     * @return the file
     * @throws IOException if the directory cannot be written or the disk is full
     */
    public Path writeNamed(Path directory, AtomicFile.Naming name) throws IOException {
        return AtomicFile.writeNamed(directory, content(directory), name);
    }

    private AtomicFile.Content content(Path path) throws IOException {
        List<Map.Entry<String, Content>> ordered = new ArrayList<>(tensors.entrySet());
        ordered.sort(Comparator.comparing(entry -> entry.getValue().dtype(), Comparator.reverseOrder()));
        ByteBuffer header = header(ordered);
        if (header.remaining() - Long.BYTES > Header.MAX_BYTES) {
            throw new SafetensorsException(path + ": the header would have " + (header.remaining() - Long.BYTES)
                    + " bytes, the format allows " + Header.MAX_BYTES);
        }
        return out -> {
            writeFully(header, out);
            for (Map.Entry<String, Content> entry : ordered) {
                entry.getValue().values().writeTo(out);
            }
        };
    }

    private SafetensorsWriter add(String name, DType dtype, long length, long[] axes, ChunkWriter values) {
        String tensor = "tensor " + Quoted.name(name) + ": ";
        List<Long> shape = Header.shapeOf(axes);
        if (name.equals(Header.METADATA)) {
            throw new IllegalArgumentException(tensor + "the name is reserved for the metadata");
        }
        if (shape.stream().anyMatch(axis -> axis < 0)
                || Header.bytesOf(dtype, shape) != Math.multiplyExact(length, dtype.bytes())) {
            throw new IllegalArgumentException(
                    tensor + "shape " + Quoted.shape(shape) + " does not fit " + length + " values");
        }
        if (tensors.putIfAbsent(name, new Content(dtype, shape, values)) != null) {
            throw new IllegalArgumentException(tensor + "the name is there already");
        }
        return this;
    }

    /** The length, then the JSON, padded with spaces so that the data start at a multiple of 8. */
    private ByteBuffer header(List<Map.Entry<String, Content>> ordered) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(Header.METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long at = 0;
            for (Map.Entry<String, Content> entry : ordered) {
                Content tensor = entry.getValue();
                json.writeObjectFieldStart(entry.getKey());
                json.writeStringField("dtype", tensor.dtype().name());
                writeNumbers(json, "shape", tensor.shape());
                writeNumbers(json, "data_offsets", List.of(at, at + tensor.bytes()));
                json.writeEndObject();
                at += tensor.bytes();
            }
            json.writeEndObject();
        }
        while (text.size() % Long.BYTES != 0) {
            text.write(' ');
        }
        return ByteBuffer.allocate(Long.BYTES + text.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.size())
                .put(text.toByteArray())
                .flip();
    }

    private static void writeNumbers(JsonGenerator json, String field, List<Long> numbers) throws IOException {
        json.writeArrayFieldStart(field);
        for (long number : numbers) {
            json.writeNumber(number);
        }
        json.writeEndArray();
    }

    private static void write(float[] values, WritableByteChannel out) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length; from += CHUNK_BYTES / Float.BYTES) {
            int count = Math.min(values.length - from, CHUNK_BYTES / Float.BYTES);
            chunk.clear().asFloatBuffer().put(values, from, count);
            writeFully(chunk.limit(count * Float.BYTES), out);
        }
    }

    private static void write(long[] values, WritableByteChannel out) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length; from += CHUNK_BYTES / Long.BYTES) {
            int count = Math.min(values.length - from, CHUNK_BYTES / Long.BYTES);
            chunk.clear().asLongBuffer().put(values, from, count);
            writeFully(chunk.limit(count * Long.BYTES), out);
        }
    }

    private static void writeFully(ByteBuffer bytes, WritableByteChannel out) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
