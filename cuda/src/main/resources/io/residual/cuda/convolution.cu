// A convolution of 3 x 3 taps, stride 1 and padding 1, or its gradient of the input, of bf16. Behind matrices.cu.
//
// from [N, HEIGHT, WIDTH, CHANNELS], to [N, HEIGHT, WIDTH, OUTPUTS]; weights [OUTPUTS, 3, 3, CHANNELS], or, for the gradient
// (GRADIENT is 1), [CHANNELS, 3, 3, OUTPUTS], of which rows and columns are taken in reverse.
//
// A block has a band of GROUPS * STACK rows of an image, or all rows of IMAGES images, and 8 TILES * PARTS outputs. A warp
// has 16 columns, of STACK rows each, and 8 TILES outputs: a row of the input that it loads serves three rows of the output.

constexpr int ROWS = GROUPS * STACK;
constexpr int COLUMNS = IMAGES * GROUPS * WIDTH;
constexpr int COLUMN_TILES = (COLUMNS + 15) / 16;
constexpr int THREADS = 32 * COLUMN_TILES * PARTS;
constexpr int BLOCK_OUTPUTS = 8 * TILES * PARTS;
// In shared memory, rows end with one pixel of 0, and so do images with one row. An odd number of chunks from one pixel or row
// of weights to the next keeps eight of them in different banks.
constexpr int ROW_PIXELS = WIDTH + 1;
constexpr int IMAGE_ROWS = ROWS + 1;
constexpr int PIXELS = (IMAGES * IMAGE_ROWS + 1) * ROW_PIXELS + 1;
constexpr int PIXEL_CHUNKS = CHANNELS / 8 + 1;
constexpr int FILTERS = GRADIENT ? CHANNELS : BLOCK_OUTPUTS;
constexpr int TAP_CHUNKS = (GRADIENT ? BLOCK_OUTPUTS : CHANNELS) / 8;
constexpr int FILTER_CHUNKS = 9 * TAP_CHUNKS + 1;

__device__ __forceinline__ void copyPixels(Chunk* to, const unsigned short* from, int image, int firstRow, int images) {
#pragma unroll 4
    for (int i = threadIdx.x; i < PIXELS * (CHANNELS / 8); i += THREADS) {
        int pixel = i / (CHANNELS / 8);
        int chunk = i % (CHANNELS / 8);
        int row = pixel / ROW_PIXELS;
        int x = pixel % ROW_PIXELS - 1;
        int n = image + (IMAGES == 1 ? 0 : row / IMAGE_ROWS);
        int y = firstRow + (IMAGES == 1 ? row : row % IMAGE_ROWS) - 1;
        bool inside = x >= 0 && y >= 0 && y < HEIGHT && n < images;
        const unsigned short* source = from + (((n * HEIGHT + y) * WIDTH + x) * CHANNELS + 8 * chunk);
        beginCopy(to + (pixel * PIXEL_CHUNKS + chunk), inside ? source : from, inside);
    }
}

/** Of the outputs that begin at one. */
__device__ __forceinline__ void copyWeights(Chunk* to, const unsigned short* from, int output) {
#pragma unroll 4
    for (int i = threadIdx.x; i < FILTERS * 9 * TAP_CHUNKS; i += THREADS) {
        int filter = i / (9 * TAP_CHUNKS);
        int chunk = i % (9 * TAP_CHUNKS);
        const unsigned short* source = GRADIENT
                ? from + ((filter * 9 + chunk / TAP_CHUNKS) * OUTPUTS + output + chunk % TAP_CHUNKS * 8)
                : from + ((output + filter) * 9 * CHANNELS + chunk * 8);
        beginCopy(to + (filter * FILTER_CHUNKS + chunk), source, true);
    }
}

/** Of one tap, 16 channels by 16 outputs: what this lane says where. */
__device__ __forceinline__ void loadWeights(uint32 (&to)[4], const Chunk* weights, int tap, int channels, int outputs) {
    int row = threadIdx.x & 7;
    int second = threadIdx.x >> 3 & 1;
    int right = threadIdx.x >> 4 & 1;
    if (GRADIENT) {
        int filter = channels + 8 * second + row;
        loadTurned(to, weights + (filter * FILTER_CHUNKS + right) + ((8 - tap) * TAP_CHUNKS + outputs / 8));
    } else {
        int filter = outputs + 8 * right + row;
        load(to, weights + (filter * FILTER_CHUNKS + second) + (tap * TAP_CHUNKS + channels / 8));
    }
}

__device__ __forceinline__ void multiply(
        float (&sums)[STACK][TILES][4], const Chunk* pixels, const Chunk* weights, int outputs) {
    const int steps = CHANNELS > 32 ? 1 : 2;
#pragma unroll steps
    for (int channels = 0; channels < CHANNELS; channels += 16) {
#pragma unroll
        for (int column = 0; column < 3; column++) {
            uint32 b[3][TILES / 2][4];
#pragma unroll
            for (int i = 0; i < 3 * (TILES / 2); i++) {
                int pair = i % (TILES / 2);
                loadWeights(b[i / (TILES / 2)][pair], weights, i / (TILES / 2) * 3 + column, channels, outputs + 16 * pair);
            }
#pragma unroll
            for (int row = 0; row < STACK + 2; row++) {
                uint32 a[4];
                load(a, pixels + ((row * ROW_PIXELS + column) * PIXEL_CHUNKS + channels / 8));
#pragma unroll
                for (int i = 0; i < 3 * TILES; i++) {
                    int tap = i / TILES;
                    int tile = i % TILES;
                    if (row >= tap && row - tap < STACK) {
                        mma(sums[row - tap][tile], a, b[tap][tile / 2][tile % 2 * 2], b[tap][tile / 2][tile % 2 * 2 + 1]);
                    }
                }
            }
        }
    }
}

/** Two neighbours exchange what they have of two tiles, so that each has four outputs that follow one another. */
__device__ __forceinline__ Half joined(const float (&left)[4], const float (&right)[4], int first) {
    bool odd = threadIdx.x & 1;
    uint32 l = rounded(left[first], left[first + 1]);
    uint32 r = rounded(right[first], right[first + 1]);
    uint32 other = __shfl_xor_sync(~0u, odd ? l : r, 1);
    Half both = {{odd ? other : l, odd ? r : other}};
    return both;
}

extern "C" __global__ void __launch_bounds__(THREADS)
        convolve(const unsigned short* from, const unsigned short* weights, unsigned short* to, int images) {
    __shared__ Chunk pixels[PIXELS * PIXEL_CHUNKS];
    __shared__ Chunk filters[FILTERS * FILTER_CHUNKS];
    int bands = (HEIGHT + ROWS - 1) / ROWS;
    int image = blockIdx.x / bands * IMAGES;
    int firstRow = blockIdx.x % bands * ROWS;
    copyPixels(pixels, from, image, firstRow, images);
    copyWeights(filters, weights, blockIdx.y * BLOCK_OUTPUTS);
    endCopies();
    __syncthreads();

    int lane = threadIdx.x & 31;
    int firstColumn = threadIdx.x / 32 % COLUMN_TILES * 16;
    int outputs = threadIdx.x / 32 / COLUMN_TILES * (8 * TILES);
    int column = min(firstColumn + (lane & 15), COLUMNS - 1);
    int top = column / (GROUPS * WIDTH) * IMAGE_ROWS + column / WIDTH % GROUPS * STACK;
    float sums[STACK][TILES][4] = {};
    multiply(sums, pixels + ((top * ROW_PIXELS + column % WIDTH) * PIXEL_CHUNKS + (lane >> 4)), filters, outputs);

#pragma unroll
    for (int half = 0; half < 2; half++) {
        column = firstColumn + 8 * half + (lane >> 2);
        int n = image + column / (GROUPS * WIDTH);
        int y = firstRow + column / WIDTH % GROUPS * STACK;
        int output = blockIdx.y * BLOCK_OUTPUTS + outputs + (lane & 1) * 8 + (lane & 2) * 2;
        unsigned short* pixel = to + (((n * HEIGHT + y) * WIDTH + column % WIDTH) * OUTPUTS + output);
#pragma unroll
        for (int i = 0; i < STACK * (TILES / 2); i++) {
            int row = i / (TILES / 2);
            int pair = i % (TILES / 2);
            Half four = joined(sums[row][2 * pair], sums[row][2 * pair + 1], 2 * half);
            if (column < COLUMNS && n < images && y + row < HEIGHT) {
                *(Half*) (pixel + (row * WIDTH * OUTPUTS + 16 * pair)) = four;
            }
        }
    }
}
