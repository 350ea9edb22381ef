// What kernels of elementwise arithmetic share, each of which is written for its chain of operations.
//
// Rows of channels are divided among blocks: blockIdx.y says which slice of the channels, blockIdx.x which rows. In a block,
// lanes threads have WIDTH channels each of one row.

const int MAX_THREADS = 512;

/** A batch norm of the step. */
struct Normalization {
    /** [6, channels]: mean, scale, shift, mean of the gradient, its slope, 1 / deviation. */
    float* coefficients;
    const float* gamma;
    const float* beta;
    float* runningMean;
    float* runningVariance;
    /** Of the convolution before it, which is not added since the mean takes it away again; or none. */
    const float* bias;
    float* gammaGradient;
    float* betaGradient;
    /** Sums of blocks. */
    double* partial;
    /** How many blocks of each slice are done. */
    unsigned int* finished;
    double epsilon;
    double decay;
    /** Of the variance that is averaged. */
    double correction;
    double rows;
};

template <int WIDTH>
struct Sums {
    /** [2 * WIDTH, threads + lanes]: the gap spreads what a warp reads over all banks. */
    float values[2 * WIDTH * (MAX_THREADS + 64 / WIDTH)];
    double parts[MAX_THREADS];
    double totals[MAX_THREADS];
    float pivots[MAX_THREADS];
    unsigned int order;
};

/**
 * Adds up two numbers for each channel over all rows; true in the last block of a slice, whose totals are then complete: that of
 * the number w of lane l at [w * lanes + l], behind them those of the second.
 */
template <int WIDTH>
__device__ bool add_up(Sums<WIDTH>* shared, const float* one, const float* two, int lanes, const Normalization* by) {
    int threads = blockDim.x;
    int thread = threadIdx.x;
    int rows = threads / lanes;
    int stride = threads + lanes;
    int outputs = 2 * WIDTH * lanes;
    int helpers = threads / outputs > 0 ? threads / outputs : 1;
    int output = thread % outputs;
    int helper = thread / outputs;
    __syncthreads();
#pragma unroll
    for (int w = 0; w < WIDTH; w++) {
        shared->values[w * stride + thread] = one[w];
        shared->values[(WIDTH + w) * stride + thread] = two[w];
    }
    __syncthreads();
    if (helper < helpers) {
        const float* from = shared->values + output / lanes * stride + output % lanes;
        double sum = 0;
        for (int row = helper; row < rows; row += helpers) {
            sum += from[row * lanes];
        }
        shared->parts[helper * outputs + output] = sum;
    }
    __syncthreads();
    double* partial = by->partial + (long long) blockIdx.y * gridDim.x * outputs;
    if (thread < outputs) {
        double sum = shared->parts[thread];
        for (int i = 1; i < helpers; i++) {
            sum += shared->parts[i * outputs + thread];
        }
        partial[(long long) blockIdx.x * outputs + thread] = sum;
    }
    __threadfence();
    __syncthreads();
    if (thread == 0) {
        shared->order = atomicInc(by->finished + blockIdx.y, gridDim.x - 1);
    }
    __syncthreads();
    if (shared->order != gridDim.x - 1) {
        return false;
    }
    __threadfence();
    if (helper < helpers) {
        double sum = 0;
#pragma unroll 16
        for (int block = helper; block < (int) gridDim.x; block += helpers) {
            sum += ((volatile double*) partial)[(long long) block * outputs + output];
        }
        shared->parts[helper * outputs + output] = sum;
    }
    __syncthreads();
    if (thread < outputs) {
        double sum = shared->parts[thread];
        for (int i = 1; i < helpers; i++) {
            sum += shared->parts[i * outputs + thread];
        }
        shared->totals[thread] = sum;
    }
    __syncthreads();
    return true;
}

/** What a thread of the last block needs at its end, read while there is time. */
struct Ahead {
    int channel;
    float gamma, beta, mean, variance, bias, inverse;
};

/** The channel whose totals a thread finishes, if any. */
template <int WIDTH>
__device__ __forceinline__ int finished_channel(int lanes) {
    int thread = threadIdx.x;
    return thread < WIDTH * lanes ? ((int) blockIdx.y * lanes + thread % lanes) * WIDTH + thread / lanes : -1;
}

template <int WIDTH>
__device__ __forceinline__ Ahead statistics_ahead(int lanes, const Normalization* by) {
    Ahead ahead = {finished_channel<WIDTH>(lanes), 0, 0, 0, 0, 0, 0};
    if (ahead.channel >= 0) {
        ahead.gamma = by->gamma[ahead.channel];
        ahead.beta = by->beta[ahead.channel];
        ahead.mean = by->runningMean[ahead.channel];
        ahead.variance = by->runningVariance[ahead.channel];
        ahead.bias = by->bias ? by->bias[ahead.channel] : 0.0f;
    }
    return ahead;
}

template <int WIDTH>
__device__ __forceinline__ Ahead sums_ahead(int lanes, int channels, const Normalization* by) {
    Ahead ahead = {finished_channel<WIDTH>(lanes), 0, 0, 0, 0, 0, 0};
    if (ahead.channel >= 0) {
        ahead.inverse = by->coefficients[5 * channels + ahead.channel];
    }
    return ahead;
}

/** Deviations from the pivots and their squares become statistics. */
template <int WIDTH>
__device__ void finish_statistics(
        Sums<WIDTH>* shared, const float* pivot, const float* sums, const float* squares, int lanes, int channels,
        const Normalization* by, Ahead ahead) {
    if ((int) threadIdx.x < lanes) {
#pragma unroll
        for (int w = 0; w < WIDTH; w++) {
            shared->pivots[w * lanes + threadIdx.x] = pivot[w];
        }
    }
    if (add_up<WIDTH>(shared, sums, squares, lanes, by) && ahead.channel >= 0) {
        int c = ahead.channel;
        double rest = shared->totals[threadIdx.x] / by->rows;
        double variance = shared->totals[WIDTH * lanes + threadIdx.x] / by->rows - rest * rest;
        double mean = shared->pivots[threadIdx.x] + rest;
        // A variance that is not a number stays one.
        variance = variance < 0 ? 0 : variance;
        double inverse = 1 / sqrt(variance + by->epsilon);
        by->coefficients[c] = (float) mean;
        by->coefficients[channels + c] = (float) (ahead.gamma * inverse);
        by->coefficients[2 * channels + c] = ahead.beta;
        by->coefficients[5 * channels + c] = (float) inverse;
        by->runningMean[c] = (float) (by->decay * ahead.mean + (1 - by->decay) * (mean + ahead.bias));
        by->runningVariance[c] =
                (float) (by->decay * ahead.variance + (1 - by->decay) * by->correction * variance);
    }
}

/** Gradients and their products with deviations from the mean become the gradients of scale and shift. */
template <int WIDTH>
__device__ void finish_sums(
        Sums<WIDTH>* shared, const float* sums, const float* products, int lanes, int channels,
        const Normalization* by, Ahead ahead) {
    if (add_up<WIDTH>(shared, sums, products, lanes, by) && ahead.channel >= 0) {
        int c = ahead.channel;
        double gradient = shared->totals[threadIdx.x];
        double product = shared->totals[WIDTH * lanes + threadIdx.x];
        double inverse = ahead.inverse;
        by->betaGradient[c] = (float) gradient;
        by->gammaGradient[c] = (float) (product * inverse);
        by->coefficients[3 * channels + c] = (float) (gradient / by->rows);
        by->coefficients[4 * channels + c] = (float) (product / by->rows * inverse * inverse);
    }
}
