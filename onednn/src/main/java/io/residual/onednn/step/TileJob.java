package io.residual.onednn.step;

/** An operation on tiles, one after the other. */
interface TileJob {
    /** Before the first tile of a part of the batch, which begins with an image. */
    default void begin(int from, int part) {}

    /** Before the first tile of a chunk, in numbers within the part. */
    default void beginChunk(int at, int count) {}

    /**
     * On one tile.
     *
     * @param at where it begins within the part, in numbers
     */
    void run(int at, int filled);

    /** After the last tile of a chunk. */
    default void endChunk(int at, int count) {}

    default void end() {}
}
