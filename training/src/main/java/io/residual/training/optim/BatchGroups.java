package io.residual.training.optim;

/**
 * Which batches of a run make one update together: so many in a row; the last of an epoch ends a group, however short.
 *
 * @param size batches of a group, at least 1
 * @param batchSize images of each batch but the last of an epoch
 * @param perEpoch batches of an epoch, at least 1
 */
record BatchGroups(int size, int batchSize, int perEpoch) {
    BatchGroups {
        if (!(size >= 1 && batchSize >= 1 && perEpoch >= 1)) {
            throw new IllegalArgumentException(
                    "groups, batches and epochs are not empty, got " + size + ", " + batchSize + ", " + perEpoch);
        }
    }

    static long updatesPerEpoch(int size, int perEpoch) {
        return (perEpoch + size - 1L) / size;
    }

    boolean endsAt(long iteration) {
        long batch = iteration % perEpoch;
        return (batch + 1) % size == 0 || batch == perEpoch - 1;
    }

    /** The update that a batch is part of. */
    long update(long iteration) {
        return iteration / perEpoch * updatesPerEpoch(size, perEpoch) + iteration % perEpoch / size;
    }

    /** Images of a group before a batch. */
    long imagesBefore(long iteration) {
        return iteration % perEpoch % size * batchSize;
    }
}
