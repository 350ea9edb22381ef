package io.residual.cuda.device;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A stand-in's memory. Around every area lie bytes that read as NaN and are checked to have stayed so. */
final class HostMemory {
    private static final int ALIGNMENT = 256;
    private static final int GUARD = 256;
    private static final byte NAN = (byte) 0xff;

    private final TreeMap<Long, Area> areas = new TreeMap<>();

    private record Area(long base, long address, long bytes) {
        Pointer before() {
            return new Pointer(address - GUARD);
        }

        Pointer behind() {
            return new Pointer(address + bytes);
        }
    }

    long allocate(long bytes) {
        if (bytes < 0) throw new IllegalArgumentException("Memory of " + bytes + " bytes");
        long base = Native.malloc(bytes + 2L * GUARD + ALIGNMENT);
        if (base == 0) throw new CudaException(CudaException.Kind.OUT_OF_MEMORY, "No " + bytes + " bytes are free");
        long address = (base + GUARD + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        Area area = new Area(base, address, bytes);
        area.before().setMemory(0, GUARD, NAN);
        area.behind().setMemory(0, GUARD, NAN);
        areas.put(address, area);
        new Pointer(address).setMemory(0, bytes, (byte) 0);
        return address;
    }

    void free(long address) {
        Area area = areas.get(address);
        if (area == null) throw new IllegalStateException(at(address) + " was not allocated, or is free already");
        checkGuards(area);
        areas.remove(address);
        new Pointer(address).setMemory(0, area.bytes(), NAN);
        Native.free(area.base());
    }

    void freeAll() {
        for (long address : areas.keySet().toArray(Long[]::new)) free(address);
    }

    /** @throws IllegalStateException unless all these bytes lie in one area */
    void check(long address, long bytes) {
        Map.Entry<Long, Area> entry = areas.floorEntry(address);
        if (bytes < 0
                || entry == null
                || address + bytes > entry.getKey() + entry.getValue().bytes()) {
            throw new IllegalStateException(bytes + " bytes at " + at(address) + " do not lie in allocated memory");
        }
    }

    /** @throws IllegalStateException if anything was written around an area */
    void checkGuards() {
        areas.values().forEach(HostMemory::checkGuards);
    }

    /** @param bytes any number, of memory in areas that do not overlap */
    void copy(long from, long to, long bytes) {
        check(from, bytes);
        check(to, bytes);
        if (from < to + bytes && to < from + bytes) {
            throw new IllegalStateException(bytes + " bytes at " + at(from) + " and " + at(to) + " overlap");
        }
        long chunk = 1 << 30;
        for (long done = 0; done < bytes; done += chunk) {
            long size = Math.min(chunk, bytes - done);
            bytes(to + done, size).put(bytes(from + done, size));
        }
    }

    void clear(long address, long bytes) {
        check(address, bytes);
        new Pointer(address).setMemory(0, bytes, (byte) 0);
    }

    /** At most 2 GiB of memory. */
    ByteBuffer bytes(long address, long size) {
        check(address, size);
        return new Pointer(address).getByteBuffer(0, size);
    }

    private static void checkGuards(Area area) {
        byte[] untouched = new byte[GUARD];
        Arrays.fill(untouched, NAN);
        check(area, "before", Arrays.mismatch(untouched, area.before().getByteArray(0, GUARD)));
        check(area, "behind", Arrays.mismatch(untouched, area.behind().getByteArray(0, GUARD)));
    }

    private static void check(Area area, String side, int offset) {
        if (offset < 0) return;
        throw new IllegalStateException("Written " + side + " the " + area.bytes() + " bytes at " + at(area.address())
                + ", " + (side.equals("before") ? GUARD - offset : offset) + " bytes off");
    }

    private static String at(long address) {
        return String.format(Locale.ROOT, "0x%x", address);
    }
}
