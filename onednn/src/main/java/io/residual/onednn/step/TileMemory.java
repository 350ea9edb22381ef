package io.residual.onednn.step;

import io.residual.program.plan.Area;
import java.nio.FloatBuffer;

/** Reads tiles from areas of 32 bits and writes them. */
final class TileMemory {
    /** Floats of a cache line. */
    private static final int LINE = 16;

    private TileMemory() {}

    static final class Reading implements TileJob {
        private final Area area;
        private final FloatBuffer buffer;
        private final float[] register;
        private int start;
        /** Keeps the reads that bring numbers into the cache. */
        private float touched;

        Reading(Area area, FloatBuffer buffer, float[] register) {
            this.area = area;
            this.buffer = buffer;
            this.register = register;
        }

        @Override
        public void begin(int from, int part) {
            start = start(area, from);
        }

        @Override
        public void beginChunk(int at, int count) {
            if (area.place() == Area.Place.SHARED) {
                // One after the other they come faster than between those of other areas.
                float sum = 0;
                for (int i = start + at; i < start + at + count; i += LINE) {
                    sum += buffer.get(i);
                }
                touched = sum;
            }
        }

        @Override
        public void run(int at, int filled) {
            buffer.get(start + at, register, 0, filled);
        }

        @Override
        public String toString() {
            return "numbers from " + area.offset() + " on, which add up to " + touched;
        }
    }

    static final class Writing implements TileJob {
        private final Area area;
        private final FloatBuffer buffer;
        private final float[] register;
        private int start;

        Writing(Area area, FloatBuffer buffer, float[] register) {
            this.area = area;
            this.buffer = buffer;
            this.register = register;
        }

        @Override
        public void begin(int from, int part) {
            start = start(area, from);
        }

        @Override
        public void run(int at, int filled) {
            buffer.put(start + at, register, 0, filled);
        }
    }

    private static int start(Area area, int from) {
        return area.place() == Area.Place.SHARED ? Math.toIntExact(from * area.bytesPerImage() / Float.BYTES) : 0;
    }
}
