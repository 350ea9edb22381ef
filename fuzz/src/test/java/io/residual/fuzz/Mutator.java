package io.residual.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Damages valid files: flipped bits, cuts, splices, repetitions, and numbers and words at which programs break. */
final class Mutator {
    private static final long[] NUMBERS = {
        0,
        1,
        2,
        3,
        7,
        8,
        16,
        127,
        128,
        255,
        256,
        32767,
        32768,
        65535,
        65536,
        0x7fffff,
        0xffffff,
        Integer.MAX_VALUE,
        1L << 31,
        0xffffffffL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -2
    };
    private static final String[] WORDS = {
        "null", "true", "-1", "0", "1e999", "-1e-999", "NaN", "Infinity", "99999999999", "9223372036854775808", "0.5",
        "\"\"", "[]", "{}", "[[[[", "{\"a\":", "\\u0000", "\u001b[31m", "../..", "&a [*a, *a]", "*a", "!!x y",
        ": ", "- ", "\n", "\r\n", "\t", "%s", "é", "\u202e", "'", "\0"
    };
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");

    private final List<byte[]> seeds;
    private final SplittableRandom random;

    /** @param seed decides the result, together with the seeds */
    Mutator(List<byte[]> seeds, long seed) {
        this.seeds = seeds;
        this.random = new SplittableRandom(seed);
    }

    /** One of the seeds with one to six changes. */
    byte[] mutate() {
        byte[] bytes = any(seeds).clone();
        int changes = 1 + random.nextInt(6);
        for (int i = 0; i < changes; i++) {
            bytes = change(bytes);
        }
        return bytes;
    }

    private byte[] change(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + 1 + random.nextInt(1 << 1 + random.nextInt(10)));
        return switch (random.nextInt(9)) {
            case 0 -> replaced(bytes, at, Math.min(bytes.length, at + 1), new byte[] {(byte) random.nextInt(256)});
            case 1 -> flipped(bytes, at);
            case 2 -> replaced(bytes, at, bytes.length, new byte[0]);
            case 3 -> replaced(bytes, at, end, new byte[0]);
            case 4 -> replaced(bytes, at, at, repeated(bytes, at, end));
            case 5 -> spliced(bytes, at);
            case 6 -> numbered(bytes, at);
            case 7 -> replaced(bytes, at, at, any(WORDS));
            default -> reworded(bytes);
        };
    }

    private byte[] flipped(byte[] bytes, int at) {
        if (at < bytes.length) {
            bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return bytes;
    }

    private byte[] repeated(byte[] bytes, int from, int to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int times = random.nextInt(3) == 0 ? random.nextInt(200) : 1; times >= 0; times--) {
            out.write(bytes, from, to - from);
        }
        return out.toByteArray();
    }

    private byte[] spliced(byte[] bytes, int at) {
        byte[] other = any(seeds);
        int from = random.nextInt(other.length + 1);
        int length = random.nextInt(other.length - from + 1);
        byte[] part = Arrays.copyOfRange(other, from, from + length);
        return replaced(bytes, at, random.nextBoolean() ? bytes.length : Math.min(bytes.length, at + length), part);
    }

    private byte[] numbered(byte[] bytes, int at) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        int size = 1 << random.nextInt(4);
        byte[] all =
                ByteBuffer.allocate(Long.BYTES).order(order).putLong(number).array();
        int from = order == ByteOrder.BIG_ENDIAN ? Long.BYTES - size : 0;
        byte[] part = Arrays.copyOfRange(all, from, from + size);
        return replaced(bytes, at, Math.min(bytes.length, at + size), part);
    }

    /** Another word in place of a number of a text. */
    private byte[] reworded(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<MatchResult> numbers = NUMBER.matcher(text).results().toList();
        if (numbers.isEmpty()) {
            return flipped(bytes, random.nextInt(bytes.length + 1));
        }
        MatchResult number = numbers.get(random.nextInt(numbers.size()));
        return replaced(bytes, number.start(), number.end(), any(WORDS));
    }

    private static byte[] replaced(byte[] bytes, int from, int to, byte[] part) {
        return ByteBuffer.allocate(from + part.length + bytes.length - to)
                .put(bytes, 0, from)
                .put(part)
                .put(bytes, to, bytes.length - to)
                .array();
    }

    private byte[] any(List<byte[]> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private byte[] any(String[] words) {
        return words[random.nextInt(words.length)].getBytes(StandardCharsets.UTF_8);
    }
}
