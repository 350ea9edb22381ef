// A convolution, or its gradient of the input. Behind matrices.cu and convolution.cu.
//
// from [N, HEIGHT, WIDTH, CHANNELS], to [N, HEIGHT, WIDTH, OUTPUTS]; weights [OUTPUTS, 3, 3, CHANNELS], or, for the gradient
// (GRADIENT is 1), [CHANNELS, 3, 3, OUTPUTS], of which rows and columns are taken in reverse.
//
// A block has 8 TILES * PARTS outputs, a warp 8 TILES of them.

constexpr int BLOCK_OUTPUTS = 8 * TILES * PARTS;
constexpr int FILTERS = GRADIENT ? CHANNELS : BLOCK_OUTPUTS;
constexpr int TAP_CHUNKS = (GRADIENT ? BLOCK_OUTPUTS : CHANNELS) / 8;
// An odd number, as from pixel to pixel.
constexpr int FILTER_CHUNKS = 9 * TAP_CHUNKS + 1;

/** Of the outputs that begin at one. */
__device__ __forceinline__ void copyWeights(Place to, const unsigned short* from, int output) {
    constexpr int CHUNKS = FILTERS * 9 * TAP_CHUNKS;
#pragma unroll 4
    for (int first = 0; first < CHUNKS; first += THREADS) {
        int i = first + threadIdx.x;
        int filter = i / (9 * TAP_CHUNKS);
        int chunk = i % (9 * TAP_CHUNKS);
        int source = GRADIENT ? (filter * 9 + chunk / TAP_CHUNKS) * OUTPUTS + output + chunk % TAP_CHUNKS * 8
                : output * 9 * CHANNELS + i * 8;
        if (i < CHUNKS) {
            beginCopy(behind(to, i + filter), from + source, true);
        }
    }
}

/** Of one tap, 16 channels by 16 outputs: what this lane says where. */
__device__ __forceinline__ void loadWeights(uint32 (&to)[4], Place weights, int tap, int channels, int outputs) {
    int row = threadIdx.x & 7;
    int second = threadIdx.x >> 3 & 1;
    int right = threadIdx.x >> 4 & 1;
    if (GRADIENT) {
        int filter = channels + 8 * second + row;
        loadTurned(to, behind(weights, filter * FILTER_CHUNKS + right + (8 - tap) * TAP_CHUNKS + outputs / 8));
    } else {
        int filter = outputs + 8 * right + row;
        load(to, behind(weights, filter * FILTER_CHUNKS + second + tap * TAP_CHUNKS + channels / 8));
    }
}

__device__ __forceinline__ void multiply(
        float (&sums)[STACK][TILES][4], Place pixels, Place weights, int outputs) {
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
            uint32 a[STACK + 2][4];
#pragma unroll
            for (int row = 0; row < STACK + 2; row++) {
                load(a[row], behind(pixels, (row * ROW_PIXELS + column) * PIXEL_CHUNKS + channels / 8));
            }
#pragma unroll
            for (int row = 0; row < STACK + 2; row++) {
#pragma unroll
                for (int i = 0; i < 3 * TILES; i++) {
                    int tap = i / TILES;
                    int tile = i % TILES;
                    if (row >= tap && row - tap < STACK) {
                        mma(sums[row - tap][tile], a[row], b[tap][tile / 2][tile % 2 * 2], b[tap][tile / 2][tile % 2 * 2 + 1]);
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
    Band begin = band(blockIdx.x);
    copyPixels(place(pixels), from, begin, images);
    copyWeights(place(filters), weights, blockIdx.y * BLOCK_OUTPUTS);
    endCopies();
    __syncthreads();

    int lane = threadIdx.x & 31;
    int firstColumn = threadIdx.x / 32 % COLUMN_TILES * 16;
    int outputs = threadIdx.x / 32 / COLUMN_TILES * (8 * TILES);
    int column = min(firstColumn + (lane & 15), COLUMNS - 1);
    float sums[STACK][TILES][4] = {};
    multiply(sums, behind(place(pixels), pixelOf(column) + (lane >> 4)), place(filters), outputs);

#pragma unroll
    for (int half = 0; half < 2; half++) {
        column = firstColumn + 8 * half + (lane >> 2);
        int n = begin.image + column / (GROUPS * WIDTH);
        int y = begin.row + column / WIDTH % GROUPS * STACK;
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
