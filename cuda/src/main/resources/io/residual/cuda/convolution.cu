// What the convolutions of few channels have in common: 3 x 3 taps, stride 1, padding 1, images of bf16 of [N, HEIGHT, WIDTH,
// channels]. Behind matrices.cu.
//
// A block has a band of GROUPS * STACK rows of an image, or all rows of IMAGES images. A warp has 16 columns, of STACK rows
// each: what it loads of one row of the input serves three rows of the output.

constexpr int ROWS = GROUPS * STACK;
constexpr int BANDS = (HEIGHT + ROWS - 1) / ROWS;
constexpr int COLUMNS = IMAGES * GROUPS * WIDTH;
constexpr int COLUMN_TILES = (COLUMNS + 15) / 16;
// In shared memory, rows end with one pixel of 0, and so do images with one row. An odd number of chunks from one pixel to the
// next keeps eight of them in different banks.
constexpr int ROW_PIXELS = WIDTH + 1;
constexpr int IMAGE_ROWS = ROWS + 1;
constexpr int PIXELS = (IMAGES * IMAGE_ROWS + 1) * ROW_PIXELS + 1;
constexpr int PIXEL_CHUNKS = SHARED_CHANNELS / 8 + 1;

/** Where a row of an image begins. */
struct Band {
    int image;
    int row;
};

__device__ __forceinline__ Band band(int number) {
    return {number / BANDS * IMAGES, number % BANDS * ROWS};
}

/** Where the input of a column's first output begins in shared memory. */
__device__ __forceinline__ int pixelOf(int column) {
    int row = column / (GROUPS * WIDTH) * IMAGE_ROWS + column / WIDTH % GROUPS * STACK;
    return (row * ROW_PIXELS + column % WIDTH) * PIXEL_CHUNKS;
}

/** Copies a band with its border, SHARED_CHANNELS of each pixel's CHANNELS: a warp copies every so many rows. */
__device__ __forceinline__ void copyPixels(Place to, const unsigned short* from, Band band, int images) {
    constexpr int CHUNKS = SHARED_CHANNELS / 8;
    constexpr int WARPS = THREADS / 32;
    constexpr int BAND_ROWS = IMAGES * IMAGE_ROWS + 1;
#pragma unroll
    for (int i = 0; i < ROW_PIXELS * CHUNKS; i += 32) {
        int place = i + (threadIdx.x & 31);
        int x = place / CHUNKS - 1;
        int chunk = place % CHUNKS;
        const unsigned short* source = from + (x * CHANNELS + 8 * chunk);
        Place target = behind(to, (x + 1) * PIXEL_CHUNKS + chunk);
#pragma unroll 4
        for (int first = 0; first < BAND_ROWS; first += WARPS) {
            int row = first + threadIdx.x / 32;
            int n = band.image + (IMAGES == 1 ? 0 : row / IMAGE_ROWS);
            int y = band.row + (IMAGES == 1 ? row : row % IMAGE_ROWS) - 1;
            bool inside = x >= 0 && (uint32) y < HEIGHT && (IMAGES == 1 || n < images);
            if (row < BAND_ROWS && x < WIDTH) {
                const unsigned short* pixel = source + (n * HEIGHT + y) * (WIDTH * CHANNELS);
                beginCopy(behind(target, row * (ROW_PIXELS * PIXEL_CHUNKS)), pixel, inside);
            }
        }
    }
    if (threadIdx.x < CHUNKS) {
        beginCopy(behind(to, (PIXELS - 1) * PIXEL_CHUNKS + threadIdx.x), from, false);
    }
}
