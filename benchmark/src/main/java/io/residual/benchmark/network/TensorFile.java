package io.residual.benchmark.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.core.type.TypeReference;
import io.residual.benchmark.measurement.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Weights and one batch in a safetensors file of 32-bit floats: the length of the header as 8 bytes, the header as JSON,
 * the values, all little-endian. Every contestant reads the same file, so that all compute the same. Beside the
 * network's tensors it holds {@code images} [N, channels, height, width] and {@code labels} [N], whole numbers.
 */
public final class TensorFile {
    public static final String IMAGES = "images";
    public static final String LABELS = "labels";

    /**
     * Entry of the header.
     *
     * @param shape sizes of the axes
     * @param data_offsets first byte and the byte after the last, counted from the end of the header; the format names it so
     */
    private record Entry(String dtype, List<Integer> shape, List<Long> data_offsets) {}

    private final Map<String, Entry> entries;
    private final ByteBuffer values;

    private TensorFile(Map<String, Entry> entries, ByteBuffer values) {
        this.entries = entries;
        this.values = values;
    }

    /**
     * Writes seeded weights and a seeded batch: Xavier uniform weights, and batch norms that are not the identity, so that a
     * contestant that leaves one out gives other logits. Pixels are uniform in [0, 1), labels uniform over the classes.
     *
     * @param batch number of images
     */
    public static void write(Path file, Network network, int batch, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Entry> header = new LinkedHashMap<>();
        List<float[]> data = new ArrayList<>();
        for (Network.Tensor tensor : network.tensors()) {
            put(header, data, tensor.name(), tensor.shape(), numbers(tensor, random));
        }
        var in = network.spec().input();
        List<Integer> images = List.of(batch, in.channels(), in.height(), in.width());
        put(header, data, IMAGES, images, uniform(Math.toIntExact(batch * in.values()), 0, 1, random));
        float[] labels = new float[batch];
        for (int i = 0; i < batch; i++) {
            labels[i] = random.nextInt(network.spec().classes());
        }
        put(header, data, LABELS, List.of(batch), labels);
        byte[] json = Json.MAPPER.writeValueAsBytes(header);
        try (FileChannel out = FileChannel.open(file, CREATE, TRUNCATE_EXISTING, WRITE)) {
            writeAll(out, littleEndian(8).putLong(json.length).flip());
            writeAll(out, ByteBuffer.wrap(json));
            for (float[] array : data) {
                ByteBuffer bytes = littleEndian(4 * array.length);
                bytes.asFloatBuffer().put(array);
                writeAll(out, bytes);
            }
        }
    }

    private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** Opens a file for reading; it must stay unchanged as long as its tensors are used. */
    public static TensorFile open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
            byte[] json = new byte[Math.toIntExact(all.getLong())];
            all.get(json);
            Map<String, Entry> header = Json.MAPPER.readValue(new String(json, UTF_8), new TypeReference<>() {});
            return new TensorFile(header, all.slice().order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    /**
     * The values of a tensor, in C order.
     *
     * @throws IllegalArgumentException if the file does not hold it
     */
    public float[] values(String name) {
        Entry entry = entry(name);
        int from = Math.toIntExact(entry.data_offsets().get(0));
        int to = Math.toIntExact(entry.data_offsets().get(1));
        FloatBuffer buffer =
                values.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] array = new float[buffer.remaining()];
        buffer.get(array);
        return array;
    }

    /**
     * The sizes of a tensor's axes.
     *
     * @throws IllegalArgumentException if the file does not hold it
     */
    public List<Integer> shape(String name) {
        return entry(name).shape();
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no tensor " + name + " among " + entries.keySet());
        }
        return entry;
    }

    private static void put(
            Map<String, Entry> header, List<float[]> data, String name, List<Integer> shape, float[] values) {
        long from = data.stream().mapToLong(a -> 4L * a.length).sum();
        header.put(name, new Entry("F32", shape, List.of(from, from + 4L * values.length)));
        data.add(values);
    }

    private static float[] numbers(Network.Tensor tensor, SplittableRandom random) {
        int n = tensor.length();
        return switch (tensor.role()) {
            case WEIGHT -> {
                int fanOut = n / tensor.shape().get(1);
                int fanIn = n / tensor.shape().get(0);
                double bound = Math.sqrt(6.0 / (fanIn + fanOut));
                yield uniform(n, -bound, bound, random);
            }
            case BIAS, SHIFT, RUNNING_MEAN -> uniform(n, -0.1, 0.1, random);
            case SCALE, RUNNING_VARIANCE -> uniform(n, 0.5, 1.5, random);
        };
    }

    private static float[] uniform(int n, double from, double to, SplittableRandom random) {
        float[] array = new float[n];
        for (int i = 0; i < n; i++) {
            array[i] = (float) random.nextDouble(from, to);
        }
        return array;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
