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

/** What a thread needs to finish a channel, read while there is time. */
struct Ahead {
    /** -1 for none. */
    int channel;
    float gamma, beta, mean, variance, bias, inverse;
    double rows, epsilon;
};

/** The channel whose totals a thread finishes, if any. */
template <int WIDTH>
__device__ __forceinline__ int finished_channel(int lanes) {
    int thread = threadIdx.x;
    return thread < WIDTH * lanes ? ((int) blockIdx.y * lanes + thread % lanes) * WIDTH + thread / lanes : -1;
}

__device__ __forceinline__ Ahead statistics_ahead(int channel, const Normalization* by) {
    Ahead ahead = {channel, 0, 0, 0, 0, 0, 0, 0, 0};
    if (channel >= 0) {
        ahead.gamma = by->gamma[channel];
        ahead.beta = by->beta[channel];
        ahead.mean = by->runningMean[channel];
        ahead.variance = by->runningVariance[channel];
        ahead.bias = by->bias ? by->bias[channel] : 0.0f;
        ahead.rows = by->rows;
        ahead.epsilon = by->epsilon;
    }
    return ahead;
}

__device__ __forceinline__ Ahead sums_ahead(int channels, int channel, const Normalization* by) {
    Ahead ahead = {channel, 0, 0, 0, 0, 0, 0, 0, 0};
    if (channel >= 0) {
        ahead.inverse = by->coefficients[5 * channels + channel];
        ahead.rows = by->rows;
    }
    return ahead;
}

/** Of a channel. */
struct Moments {
    double mean, variance, inverse;
};

/** From sums of deviations from the pivot and of their squares. */
__device__ __forceinline__ Moments moments(double deviations, double squares, float pivot, const Ahead& ahead) {
    double rest = deviations / ahead.rows;
    double variance = squares / ahead.rows - rest * rest;
    // A variance that is not a number stays one.
    variance = variance < 0 ? 0 : variance;
    Moments result = {pivot + rest, variance, 1 / sqrt(variance + ahead.epsilon)};
    return result;
}

__device__ __forceinline__ void keep_moments(
        const Moments& found, int channels, const Normalization* by, const Ahead& ahead) {
    int c = ahead.channel;
    by->coefficients[c] = (float) found.mean;
    by->coefficients[channels + c] = (float) (ahead.gamma * found.inverse);
    by->coefficients[2 * channels + c] = ahead.beta;
    by->coefficients[5 * channels + c] = (float) found.inverse;
    by->runningMean[c] = (float) (by->decay * ahead.mean + (1 - by->decay) * (found.mean + ahead.bias));
    by->runningVariance[c] =
            (float) (by->decay * ahead.variance + (1 - by->decay) * by->correction * found.variance);
}

/** Of a channel: what is taken from a gradient. */
struct Corrections {
    float average, slope;
};

/** From sums of gradients and of their products with deviations from the mean. */
__device__ __forceinline__ Corrections corrections(double gradient, double product, const Ahead& ahead) {
    double inverse = ahead.inverse;
    Corrections result = {
        (float) (gradient / ahead.rows), (float) (product / ahead.rows * inverse * inverse)};
    return result;
}

__device__ __forceinline__ void keep_gradients(
        double gradient, double product, const Corrections& found, int channels, const Normalization* by,
        const Ahead& ahead) {
    int c = ahead.channel;
    by->betaGradient[c] = (float) gradient;
    by->gammaGradient[c] = (float) (product * (double) ahead.inverse);
    by->coefficients[3 * channels + c] = found.average;
    by->coefficients[4 * channels + c] = found.slope;
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
        double deviations = shared->totals[threadIdx.x];
        double total = shared->totals[WIDTH * lanes + threadIdx.x];
        keep_moments(moments(deviations, total, shared->pivots[threadIdx.x], ahead), channels, by, ahead);
    }
}

/** Gradients and their products with deviations from the mean become the gradients of scale and shift. */
template <int WIDTH>
__device__ void finish_sums(
        Sums<WIDTH>* shared, const float* sums, const float* products, int lanes, int channels,
        const Normalization* by, Ahead ahead) {
    if (add_up<WIDTH>(shared, sums, products, lanes, by) && ahead.channel >= 0) {
        double gradient = shared->totals[threadIdx.x];
        double product = shared->totals[WIDTH * lanes + threadIdx.x];
        keep_gradients(gradient, product, corrections(gradient, product, ahead), channels, by, ahead);
    }
}
