package io.residual.onednn.step;

/**
 * Parts of a phase whose gradients are added up by lane: a lane's parts in their order, by one worker at a time, whichever is
 * free. So results do not depend on which worker is slowed down by other programs, and little time.
 */
final class LaneQueue {
    private final int[] next;
    private final boolean[] taken;
    private int parts;

    /** @param lanes part i belongs to lane i % lanes */
    LaneQueue(int lanes) {
        next = new int[lanes];
        taken = new boolean[lanes];
    }

    /** Begins a phase, when no worker has a part. */
    synchronized void begin(int count) {
        parts = count;
        for (int lane = 0; lane < next.length; lane++) {
            next[lane] = lane;
            taken[lane] = false;
        }
    }

    /**
     * Takes a part of the lane that has the most left; of equal ones, of a worker's own first.
     *
     * @param done the part that the worker has just finished, or -1
     * @return -1 if all that is left belongs to lanes of other workers
     */
    synchronized int take(int worker, int done) {
        if (done >= 0) {
            taken[done % next.length] = false;
        }
        int best = -1;
        for (int i = 0; i < next.length; i++) {
            int lane = (worker + i) % next.length;
            if (!taken[lane] && next[lane] < parts && (best < 0 || left(lane) > left(best))) {
                best = lane;
            }
        }
        if (best < 0) {
            return -1;
        }
        taken[best] = true;
        int part = next[best];
        next[best] += next.length;
        return part;
    }

    private int left(int lane) {
        return (parts - next[lane] + next.length - 1) / next.length;
    }
}
