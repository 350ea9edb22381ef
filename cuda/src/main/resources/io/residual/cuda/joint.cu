// What kernels share that add up rows and use the sums, whose blocks wait for each other: all of them run at once. Behind
// elementwise.cu.
//
// A block has SLICE channels and MAX_THREADS threads, each with WIDTH channels of some rows. A warp has 2 * WIDTH rows at a
// time, as many as the numbers that each of its threads adds up.

const int SLICE = 16;
const int WARPS = MAX_THREADS / 32;

/** Words of blocks that a thread reads at once: of all that 160 multiprocessors run. */
const int READ_AT_ONCE = 10;

struct Joint {
    /** Of each warp: 2 * SLICE sums. */
    float warps[MAX_THREADS];
    /** Of every so many blocks: 2 * SLICE sums. */
    double blocks[MAX_THREADS];
    /** Of statistics, by channel. */
    float pivots[SLICE];
    /** What comes of the sums, by channel. */
    float coefficients[3][SLICE];
};

/** The row of a thread's item. */
template <int WIDTH>
__device__ __forceinline__ int row_of(int item) {
    const int LANES = SLICE / WIDTH;
    return (item * (int) gridDim.x + (int) blockIdx.x) * (MAX_THREADS / LANES) + (int) threadIdx.x / LANES;
}

/** The channel that a thread finishes, if any: that of the first sum which it gets. */
template <int WIDTH>
__device__ __forceinline__ int channel_of() {
    const int LANES = SLICE / WIDTH;
    int thread = threadIdx.x;
    return thread < SLICE ? (int) blockIdx.y * SLICE + thread % LANES * WIDTH + thread / LANES : -1;
}

/**
 * The last bit of the words that blocks exchange in this launch: what another one reads with the other bit is of the launch
 * before.
 */
__device__ __forceinline__ unsigned long long mark_of_launch(const unsigned long long* words) {
    const volatile unsigned long long* own = words + ((int) blockIdx.y * (int) gridDim.x + (int) blockIdx.x) * 2 * SLICE;
    return ~*own & 1;
}

/** One step of add_rows: threads whose rows differ by HALF give each other one half of their numbers, and keep the other. */
template <int WIDTH, int HALF>
struct AddedRows {
    static __device__ __forceinline__ void of(float* numbers, int row) {
        bool upper = row & HALF;
#pragma unroll
        for (int i = 0; i < HALF; i++) {
            float kept = upper ? numbers[i + HALF] : numbers[i];
            float given = upper ? numbers[i] : numbers[i + HALF];
            numbers[i] = kept + __shfl_xor_sync(~0u, given, HALF * (SLICE / WIDTH));
        }
        AddedRows<WIDTH, HALF / 2>::of(numbers, row);
    }
};

template <int WIDTH>
struct AddedRows<WIDTH, 0> {
    static __device__ __forceinline__ void of(float* numbers, int row) {}
};

/** Adds up numbers over the rows of a warp: a thread gets one of them, that of the number of its row. */
template <int WIDTH>
__device__ __forceinline__ float add_rows(float (&numbers)[2 * WIDTH]) {
    AddedRows<WIDTH, WIDTH>::of(numbers, (int) (threadIdx.x & 31) / (SLICE / WIDTH));
    return numbers[0];
}

/** Keeps numbers near the means; post_sums comes behind it. */
template <int WIDTH>
__device__ __forceinline__ void keep_pivots(Joint* shared, const float* pivots) {
    if (threadIdx.x < SLICE / WIDTH) {
#pragma unroll
        for (int w = 0; w < WIDTH; w++) {
            shared->pivots[threadIdx.x * WIDTH + w] = pivots[w];
        }
    }
}

/** Passes the sums of this block to the others of its slice. */
template <int WIDTH>
__device__ __forceinline__ void post_sums(
        Joint* shared, float (&numbers)[2 * WIDTH], unsigned long long* words, unsigned long long mark) {
    shared->warps[threadIdx.x] = add_rows<WIDTH>(numbers);
    __syncthreads();
    if (threadIdx.x < 2 * SLICE) {
        double sum = 0;
#pragma unroll
        for (int warp = 0; warp < WARPS; warp++) {
            sum += shared->warps[warp * 2 * SLICE + threadIdx.x];
        }
        int block = (int) blockIdx.y * (int) gridDim.x + (int) blockIdx.x;
        volatile unsigned long long* own = words + (block * 2 * SLICE + (int) threadIdx.x);
        *own = ((unsigned long long) __double_as_longlong(sum) & ~1ull) | mark;
    }
}

/** Waits for the sums of all blocks of the slice; a thread of the first warp gets a total, added in the order of the blocks. */
__device__ __forceinline__ double collect_sums(Joint* shared, const unsigned long long* words, unsigned long long mark) {
    int blocks = gridDim.x;
    int number = threadIdx.x % (2 * SLICE);
    int warp = threadIdx.x / (2 * SLICE);
    const volatile unsigned long long* slice = words + ((int) blockIdx.y * blocks * 2 * SLICE + number);
    double sum = 0;
    for (int first = warp; first < blocks; first += READ_AT_ONCE * WARPS) {
        unsigned long long read[READ_AT_ONCE];
#pragma unroll
        for (int i = 0; i < READ_AT_ONCE; i++) {
            int block = first + i * WARPS;
            read[i] = block < blocks ? slice[block * 2 * SLICE] : mark;
        }
#pragma unroll
        for (int i = 0; i < READ_AT_ONCE; i++) {
            while ((read[i] & 1) != mark) {
                __nanosleep(20);
                read[i] = slice[(first + i * WARPS) * 2 * SLICE];
            }
            int block = first + i * WARPS;
            sum += block < blocks ? __longlong_as_double((long long) (read[i] & ~1ull)) : 0;
        }
    }
    shared->blocks[threadIdx.x] = sum;
    __syncthreads();
    sum = 0;
    if (threadIdx.x < 2 * SLICE) {
#pragma unroll
        for (int i = 0; i < WARPS; i++) {
            sum += shared->blocks[i * 2 * SLICE + threadIdx.x];
        }
    }
    return sum;
}

/** Totals of deviations from the pivots and of their squares become coefficients, which one block keeps. */
__device__ __forceinline__ void use_statistics(
        Joint* shared, double total, int channels, const Normalization* by, const Ahead& ahead) {
    if (threadIdx.x < 2 * SLICE) {
        double squares = __shfl_xor_sync(~0u, total, SLICE);
        if (ahead.channel >= 0) {
            int channel = ahead.channel % SLICE;
            Moments found = moments(total, squares, shared->pivots[channel], ahead);
            shared->coefficients[0][channel] = (float) found.mean;
            shared->coefficients[1][channel] = (float) (ahead.gamma * found.inverse);
            shared->coefficients[2][channel] = ahead.beta;
            if (blockIdx.x == 0) {
                keep_moments(found, channels, by, ahead);
            }
        }
    }
    __syncthreads();
}

/** Totals of gradients and of their products with deviations become coefficients; one block keeps gradients. */
__device__ __forceinline__ void use_sums(
        Joint* shared, double total, int channels, const Normalization* by, const Ahead& ahead) {
    if (threadIdx.x < 2 * SLICE) {
        double product = __shfl_xor_sync(~0u, total, SLICE);
        if (ahead.channel >= 0) {
            Corrections found = corrections(total, product, ahead);
            int channel = ahead.channel % SLICE;
            shared->coefficients[0][channel] = found.average;
            shared->coefficients[1][channel] = found.slope;
            if (blockIdx.x == 0) {
                keep_gradients(total, product, found, channels, by, ahead);
            }
        }
    }
    __syncthreads();
}
