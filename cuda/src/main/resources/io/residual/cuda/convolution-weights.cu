// The gradient of the weights of a convolution. Behind matrices.cu and convolution.cu; convolution-sums.cu ends it.
//
// in [N, HEIGHT, WIDTH, CHANNELS], gradients [N, HEIGHT, WIDTH, OUTPUTS], sums and weights [OUTPUTS, 3, 3, CHANNELS].
//
// A block has 16 channels and 16 outputs, and sums over every so many bands; its warps over columns, which are added up.

constexpr int WEIGHTS = 9 * CHANNELS * OUTPUTS;
constexpr int SUMS = 9 * 16 * 16;
constexpr int GRADIENT_COLUMNS = 16 * COLUMN_TILES;
constexpr int TILE_CHUNKS = (PIXELS + STACK * GRADIENT_COLUMNS) * PIXEL_CHUNKS;
constexpr int SHARED_CHUNKS = TILE_CHUNKS > COLUMN_TILES * SUMS / 4 ? TILE_CHUNKS : COLUMN_TILES * SUMS / 4;

/** Half a pixel of each row of a column by each thread. Columns behind the last one, and rows behind an image's, are 0. */
__device__ __forceinline__ void copyGradients(Place to, const unsigned short* from, Band band, int images) {
    int chunk = threadIdx.x % 2;
    int column = threadIdx.x / 2;
    int n = band.image + column / (GROUPS * WIDTH);
    int y = band.row + column / WIDTH % GROUPS * STACK;
    const unsigned short* source = from + (((n * HEIGHT + y) * WIDTH + column % WIDTH) * OUTPUTS + 8 * chunk);
#pragma unroll
    for (int row = 0; row < STACK; row++) {
        bool inside = column < COLUMNS && y + row < HEIGHT && n < images;
        Place target = behind(to, (row * GRADIENT_COLUMNS + column) * PIXEL_CHUNKS + chunk);
        beginCopy(target, source + row * WIDTH * OUTPUTS, inside);
    }
}

__device__ __forceinline__ void multiply(float (&sums)[9][2][4], Place pixels, Place gradients) {
    uint32 a[STACK][4];
#pragma unroll
    for (int row = 0; row < STACK + 2; row++) {
        if (row < STACK) {
            loadTurned(a[row], behind(gradients, row * GRADIENT_COLUMNS * PIXEL_CHUNKS));
        }
#pragma unroll
        for (int column = 0; column < 3; column++) {
            uint32 b[4];
            loadTurned(b, behind(pixels, (row * ROW_PIXELS + column) * PIXEL_CHUNKS));
#pragma unroll
            for (int tap = 0; tap < 3; tap++) {
                if (row >= tap && row - tap < STACK) {
                    mma(sums[3 * tap + column][0], a[row - tap], b[0], b[1]);
                    mma(sums[3 * tap + column][1], a[row - tap], b[2], b[3]);
                }
            }
        }
    }
}

/** Of a warp: where a sum is, so that lanes write to different banks. */
__device__ __forceinline__ int placeOf(int tap, int output, int channel) {
    return (tap * 16 + output) * 16 + (channel ^ (output & 2) * 4);
}

extern "C" __global__ void __launch_bounds__(THREADS)
        sum_weights(const unsigned short* in, const unsigned short* gradients, float* to, int images, int bands) {
    __shared__ Chunk shared[SHARED_CHUNKS];
    Place sharedPixels = place(shared);
    Place sharedGradients = behind(sharedPixels, PIXELS * PIXEL_CHUNKS);
    int channel = blockIdx.y % (CHANNELS / 16) * 16;
    int output = blockIdx.y / (CHANNELS / 16) * 16;
    int lane = threadIdx.x & 31;
    int warp = threadIdx.x / 32;
    int column = min(16 * warp + (lane & 15), COLUMNS - 1);
    int gradient = (16 * warp + (lane >> 4) * 8 + (lane & 7)) * PIXEL_CHUNKS + (lane >> 3 & 1);
    float sums[9][2][4] = {};
    for (int i = blockIdx.x; i < bands; i += gridDim.x) {
        copyPixels(sharedPixels, in + channel, band(i), images);
        copyGradients(sharedGradients, gradients + output, band(i), images);
        endCopies();
        __syncthreads();
        multiply(sums, behind(sharedPixels, pixelOf(column) + (lane >> 4)), behind(sharedGradients, gradient));
        __syncthreads();
    }

    uint32* words = (uint32*) shared;
#pragma unroll
    for (int i = 0; i < 9 * 2 * 4; i++) {
        int place = placeOf(i / 8, (lane >> 2) + i / 2 % 2 * 8, i / 4 % 2 * 8 + (lane & 3) * 2);
        words[warp * SUMS + place + i % 2] = __float_as_uint(sums[i / 8][i / 4 % 2][i % 4]);
    }
    __syncthreads();
    to += blockIdx.x * WEIGHTS;
    for (int i = threadIdx.x; i < SUMS; i += THREADS) {
        float sum = 0;
#pragma unroll
        for (int each = 0; each < COLUMN_TILES; each++) {
            sum += __uint_as_float(words[each * SUMS + i]);
        }
        int row = i / 16 % 16;
        int place = i % 16 ^ (row & 2) * 4;
        to[((output + row) * 9 + i / 256) * CHANNELS + channel + place] = sum;
    }
}
