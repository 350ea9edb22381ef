// A convolution of few channels whose window has one column, as the first of a network has whose input was widened, and the
// gradient of its weights. Behind matrices.cu; weights' sums are added by convolution-sums.cu.
//
// in [N, IN_HEIGHT, WIDTH, CHANNELS], out and gradients [N, HEIGHT, WIDTH, OUTPUTS], weights [OUTPUTS, ROWS, CHANNELS].
//
// A warp has 16 positions of the output at a time. It multiplies chunks of 8 numbers: of CHANNELS of a row of the window.

constexpr int CHUNKS = ROWS * CHANNELS / 8;
constexpr int STEPS = (CHUNKS + 1) / 2;
constexpr int TILES = OUTPUTS / 8;
constexpr int WARPS = 8;
constexpr int WEIGHTS = OUTPUTS * CHUNKS * 8;
constexpr int SUMS = 16 * CHUNKS * 8;

/** Where the window of a position begins: its row, which may lie above the image, and its place in the input. */
struct Start {
    int row;
    int place;
};

/** A position behind the last one has a row that is in no image. */
__device__ __forceinline__ Start start(int position, int positions) {
    int row = position / WIDTH;
    int y = row % HEIGHT * STRIDE - BEFORE;
    Start result = {position < positions ? y : -ROWS - IN_HEIGHT,
        ((row / HEIGHT * IN_HEIGHT + y) * WIDTH + position % WIDTH) * CHANNELS};
    return result;
}

__device__ __forceinline__ bool inside(Start start, int chunk) {
    return (uint32) (start.row + chunk * 8 / CHANNELS) < IN_HEIGHT;
}

/** Where a chunk of a window lies. */
__device__ __forceinline__ int place(Start start, int chunk) {
    return start.place + chunk * 8 / CHANNELS * (WIDTH * CHANNELS) + chunk * 8 % CHANNELS;
}

__device__ __forceinline__ uint32 pair(const unsigned short* from) {
    return *(const uint32*) from;
}

__device__ __forceinline__ uint32 pair(const unsigned short* in, Start start, int chunk, int number) {
    return chunk < CHUNKS && inside(start, chunk) ? pair(in + place(start, chunk) + number) : 0;
}

__device__ __forceinline__ uint32 single(const unsigned short* in, Start start, int chunk, int number) {
    return inside(start, chunk) ? in[place(start, chunk) + number] : 0;
}

extern "C" __global__ void __launch_bounds__(32 * WARPS) convolve_narrow(
        const unsigned short* in, const unsigned short* weights, unsigned short* out, int positions) {
    int lane = threadIdx.x & 31;
    int row = lane >> 2;
    int number = (lane & 3) * 2;
    uint32 b[STEPS][TILES][2];
#pragma unroll
    for (int i = 0; i < STEPS * TILES; i++) {
        int step = i / TILES;
        const unsigned short* filter = weights + ((i % TILES * 8 + row) * CHUNKS + 2 * step) * 8 + number;
        b[step][i % TILES][0] = pair(filter);
        b[step][i % TILES][1] = 2 * step + 1 < CHUNKS ? pair(filter + 8) : 0;
    }
    for (int first = (blockIdx.x * WARPS + threadIdx.x / 32) * 16; first < positions; first += gridDim.x * WARPS * 16) {
        Start upper = start(first + row, positions);
        Start lower = start(first + row + 8, positions);
        float sums[TILES][4] = {};
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            uint32 a[4] = {pair(in, upper, 2 * step, number), pair(in, lower, 2 * step, number),
                pair(in, upper, 2 * step + 1, number), pair(in, lower, 2 * step + 1, number)};
#pragma unroll
            for (int tile = 0; tile < TILES; tile++) {
                mma(sums[tile], a, b[step][tile][0], b[step][tile][1]);
            }
        }
#pragma unroll
        for (int tile = 0; tile < TILES; tile++) {
            unsigned short* to = out + ((first + row) * OUTPUTS + tile * 8 + number);
            if (first + row < positions) {
                *(uint32*) to = rounded(sums[tile][0], sums[tile][1]);
            }
            if (first + row + 8 < positions) {
                *(uint32*) (to + 8 * OUTPUTS) = rounded(sums[tile][2], sums[tile][3]);
            }
        }
    }
}

/** A block has 16 outputs, and of every so many positions the sums for all of their weights. */
extern "C" __global__ void __launch_bounds__(32 * WARPS) sum_narrow(
        const unsigned short* in, const unsigned short* gradients, float* to, int positions) {
    __shared__ float values[WARPS * SUMS];
    int lane = threadIdx.x & 31;
    int warp = threadIdx.x / 32;
    int row = lane >> 2;
    int number = (lane & 3) * 2;
    gradients += blockIdx.y * 16 + row;
    float sums[CHUNKS][4] = {};
    for (int first = (blockIdx.x * WARPS + warp) * 16; first < positions; first += gridDim.x * WARPS * 16) {
        Start starts[4];
        uint32 a[4] = {};
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int position = first + number + i % 2 + i / 2 * 8;
            starts[i] = start(position, positions);
            const unsigned short* gradient = gradients + position * OUTPUTS;
            bool there = position < positions;
            a[i / 2 * 2] |= (there ? (uint32) gradient[0] : 0) << i % 2 * 16;
            a[i / 2 * 2 + 1] |= (there ? (uint32) gradient[8] : 0) << i % 2 * 16;
        }
#pragma unroll
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            uint32 b0 = single(in, starts[0], chunk, row) | single(in, starts[1], chunk, row) << 16;
            uint32 b1 = single(in, starts[2], chunk, row) | single(in, starts[3], chunk, row) << 16;
            mma(sums[chunk], a, b0, b1);
        }
    }
#pragma unroll
    for (int i = 0; i < CHUNKS * 4; i++) {
        int output = row + i % 4 / 2 * 8;
        values[warp * SUMS + (output * CHUNKS + i / 4) * 8 + number + i % 2] = sums[i / 4][i % 4];
    }
    __syncthreads();
    to += blockIdx.x * WEIGHTS + blockIdx.y * SUMS;
    for (int i = threadIdx.x; i < SUMS; i += 32 * WARPS) {
        float sum = 0;
#pragma unroll
        for (int each = 0; each < WARPS; each++) {
            sum += values[each * SUMS + i];
        }
        to[i] = sum;
    }
}
