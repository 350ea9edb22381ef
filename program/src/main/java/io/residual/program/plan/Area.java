package io.residual.program.plan;

/**
 * Memory for the numbers of one value or gradient. Shared ones hold the complete batch from their first use to their last;
 * others hold the images that one worker is at, within one phase.
 */
public final class Area {
    /** Where an area lies. */
    public enum Place {
        /** In the step's memory. */
        SHARED,
        /** In a worker's memory. */
        OWN,
        /** The images that the step is given. */
        INPUT
    }

    private final Place place;
    private final long bytesPerImage;
    private int firstUse = Integer.MAX_VALUE;
    private int lastUse = -1;
    private long offset;

    public Area(Place place, long bytesPerImage) {
        this.place = place;
        this.bytesPerImage = bytesPerImage;
    }

    public Place place() {
        return place;
    }

    public long bytesPerImage() {
        return bytesPerImage;
    }

    /** Keeps its content through a time. */
    public Area usedAt(int time) {
        firstUse = Math.min(firstUse, time);
        lastUse = Math.max(lastUse, time);
        return this;
    }

    boolean overlaps(Area other) {
        return firstUse <= other.lastUse && other.firstUse <= lastUse;
    }

    boolean isUsed() {
        return lastUse >= 0;
    }

    /** In bytes, from the start of the memory it lies in; for {@link Place#OWN}, per image. */
    public long offset() {
        return offset;
    }

    public void placeAt(long position) {
        offset = position;
    }
}
