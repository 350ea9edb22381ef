package io.residual.program.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Places areas in one memory, so that those share it which are never in use at the same time. */
public final class Placement {
    private Placement() {}

    /**
     * Gives each area its offset, the largest first.
     *
     * @param images of the batch
     * @param alignment of all offsets, in bytes
     * @return how many bytes that takes
     */
    public static long place(Iterable<Area> areas, int images, int alignment) {
        List<Area> placed = new ArrayList<>();
        List<Area> bySize = new ArrayList<>();
        areas.forEach(bySize::add);
        bySize.sort(Comparator.comparingLong(Area::bytesPerImage).reversed());
        long bytes = 0;
        for (Area area : bySize) {
            long size = area.bytesPerImage() * images;
            long offset = 0;
            for (boolean moved = true; moved; ) {
                moved = false;
                for (Area other : placed) {
                    long end = aligned(other.offset() + other.bytesPerImage() * images, alignment);
                    if (area.overlaps(other) && offset < end && other.offset() < offset + size) {
                        offset = end;
                        moved = true;
                    }
                }
            }
            area.placeAt(offset);
            placed.add(area);
            bytes = Math.max(bytes, aligned(offset + size, alignment));
        }
        return bytes;
    }

    private static long aligned(long offset, int alignment) {
        return (offset + alignment - 1) / alignment * alignment;
    }
}
