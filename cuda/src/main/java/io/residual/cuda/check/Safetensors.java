package io.residual.cuda.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A safetensors file as PyTorch's side of the check writes it: numbers of 32 and 64 bits, names without quotes. */
final class Safetensors {
    private static final Pattern ENTRY =
            Pattern.compile("\"([^\"]+)\": ?\\{\"dtype\": ?\"(F32|F64|I64)\", ?\"shape\": ?"
                    + "\\[[0-9, ]*\\], ?\"data_offsets\": ?\\[(\\d+), ?(\\d+)\\]\\}");

    private final Path path;
    private final ByteBuffer bytes;
    private final Map<String, Tensor> tensors = new HashMap<>();

    private record Tensor(String type, int from, int to) {}

    private Safetensors(Path path, ByteBuffer bytes) {
        this.path = path;
        this.bytes = bytes;
    }

    /** Reads a file completely. */
    static Safetensors read(Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        Safetensors file = new Safetensors(path, bytes);
        int header = Long.BYTES + Math.toIntExact(bytes.getLong(0));
        String json = new String(bytes.array(), Long.BYTES, header - Long.BYTES, StandardCharsets.UTF_8);
        Matcher matcher = ENTRY.matcher(json);
        while (matcher.find()) {
            int from = header + Integer.parseInt(matcher.group(3));
            int to = header + Integer.parseInt(matcher.group(4));
            file.tensors.put(matcher.group(1), new Tensor(matcher.group(2), from, to));
        }
        return file;
    }

    /**
     * The numbers of a tensor in row-major order.
     *
     * @throws IOException if there is none of that name
     */
    double[] numbers(String name) throws IOException {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IOException(path + ": there is no tensor '" + name + "'");
        }
        int size = tensor.type.equals("F32") ? Float.BYTES : Long.BYTES;
        double[] numbers = new double[(tensor.to - tensor.from) / size];
        for (int i = 0; i < numbers.length; i++) {
            int at = tensor.from + i * size;
            numbers[i] = switch (tensor.type) {
                case "F32" -> bytes.getFloat(at);
                case "F64" -> bytes.getDouble(at);
                default -> bytes.getLong(at);
            };
        }
        return numbers;
    }
}
