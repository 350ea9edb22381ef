package io.residual.data;

import java.util.Arrays;
import java.util.Random;

/** Damaged copies of a file, the same for a seed: single bits, bytes of extreme values, parts moved, doubled, removed or cut off. */
public final class Mutations {
    private static final int[] EXTREMES = {0, 1, 0x7f, 0x80, 0xfe, 0xff};

    private final Random random;

    public Mutations(long seed) {
        this.random = new Random(seed);
    }

    /** A copy with one to four changes; never the same as the file by intention, though it can be by chance. */
    public byte[] of(byte[] file) {
        byte[] mutant = file.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && mutant.length > 0; i++) {
            mutant = changed(mutant);
        }
        return mutant;
    }

    private byte[] changed(byte[] file) {
        int at = at(file);
        switch (random.nextInt(10)) {
            case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
            case 1, 2, 3 -> file[at] = (byte) random.nextInt(256);
            case 4, 5 -> file[at] = (byte) EXTREMES[random.nextInt(EXTREMES.length)];
            case 6 -> Arrays.fill(file, at, Math.min(file.length, at + 4), (byte) EXTREMES[random.nextInt(6)]);
            case 7 -> {
                return joined(file, at, at + random.nextInt(file.length - at + 1));
            }
            case 8 -> {
                return joined(file, at, Math.max(0, at - random.nextInt(64)));
            }
            default -> {
                return Arrays.copyOf(file, Math.max(1, at));
            }
        }
        return file;
    }

    /** Half of them lie in the header, where sizes stand. */
    private int at(byte[] file) {
        return random.nextInt(random.nextBoolean() ? Math.min(64, file.length) : file.length);
    }

    /** The file until an end, and then from another place on. */
    private static byte[] joined(byte[] file, int end, int from) {
        byte[] joined = Arrays.copyOf(file, end + file.length - from);
        System.arraycopy(file, from, joined, end, file.length - from);
        return joined;
    }
}
