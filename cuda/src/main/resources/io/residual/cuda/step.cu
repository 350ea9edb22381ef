// Operations of a step that are neither convolutions nor elementwise arithmetic. Images are [N, height, width, channels].

__device__ __forceinline__ int present(int at, int size, int limit) {
    int first = at < 0 ? 0 : at;
    int end = at + size < limit ? at + size : limit;
    return end - first;
}

/** As many taps of maxima as numbers. */
template <int WIDTH>
__device__ __forceinline__ void load_taps(const unsigned char* from, int* to) {
    if (WIDTH % 4 == 0) {
#pragma unroll
        for (int i = 0; i < WIDTH / 4; i++) {
            uint32 four = ((const uint32*) from)[i];
#pragma unroll
            for (int j = 0; j < 4; j++) {
                to[4 * i + j] = (int) ((four >> (8 * j)) & 255u);
            }
        }
    } else {
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            to[i] = from[i];
        }
    }
}

template <int WIDTH>
__device__ __forceinline__ void store_taps(unsigned char* to, const int* from) {
    if (WIDTH % 4 == 0) {
#pragma unroll
        for (int i = 0; i < WIDTH / 4; i++) {
            uint32 four = 0;
#pragma unroll
            for (int j = 0; j < 4; j++) {
                four |= (uint32) from[4 * i + j] << (8 * j);
            }
            ((uint32*) to)[i] = four;
        }
    } else {
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            to[i] = (unsigned char) from[i];
        }
    }
}

/** A thread for WIDTH channels of a position of the output; the taps of the maxima go to indices. */
template <int WIDTH>
__device__ __forceinline__ void maximum(
        const NUMBER* in, NUMBER* out, unsigned char* indices, int count, int inHeight, int inWidth, int outHeight,
        int outWidth, int channels, int rows, int columns, int rowStride, int columnStride, int before, int left) {
    int vectors = channels / WIDTH;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        int c = i % vectors * WIDTH;
        int position = i / vectors;
        int x = position % outWidth;
        int y = position / outWidth % outHeight;
        long long image = (long long) (position / outWidth / outHeight) * inHeight;
        int top = y * rowStride - before;
        int start = x * columnStride - left;
        float best[WIDTH] = {};
        int tap[WIDTH];
        bool first = true;
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k < columns; k++) {
                if (top + r >= 0 && top + r < inHeight && start + k >= 0 && start + k < inWidth) {
                    float value[WIDTH];
                    load<WIDTH>(in + ((image + top + r) * inWidth + start + k) * channels + c, value);
#pragma unroll
                    for (int w = 0; w < WIDTH; w++) {
                        if (first || value[w] > best[w] || value[w] != value[w]) {
                            best[w] = value[w];
                            tap[w] = r * columns + k;
                        }
                    }
                    first = false;
                }
            }
        }
        store<WIDTH>(out + (long long) position * channels + c, best);
        store_taps<WIDTH>(indices + (long long) position * channels + c, tap);
    }
}

/** A thread for WIDTH channels of a position of the input, which collects what the windows over it pass on. */
template <int WIDTH>
__device__ __forceinline__ void maximum_backward(
        const NUMBER* outGradient, NUMBER* inGradient, const unsigned char* indices, int count, int inHeight,
        int inWidth, int outHeight, int outWidth, int channels, int rows, int columns, int rowStride, int columnStride,
        int before, int left) {
    int vectors = channels / WIDTH;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        int c = i % vectors * WIDTH;
        int position = i / vectors;
        int x = position % inWidth;
        int y = position / inWidth % inHeight;
        long long image = (long long) (position / inWidth / inHeight) * outHeight;
        int firstRow = y + before - rows + 1 > 0 ? (y + before - rows + rowStride) / rowStride : 0;
        int firstColumn = x + left - columns + 1 > 0 ? (x + left - columns + columnStride) / columnStride : 0;
        float sum[WIDTH] = {};
        for (int r = firstRow; r < outHeight && r * rowStride <= y + before; r++) {
            for (int k = firstColumn; k < outWidth && k * columnStride <= x + left; k++) {
                long long from = ((image + r) * outWidth + k) * channels + c;
                int tap = (y + before - r * rowStride) * columns + x + left - k * columnStride;
                float gradient[WIDTH];
                int taps[WIDTH];
                load<WIDTH>(outGradient + from, gradient);
                load_taps<WIDTH>(indices + from, taps);
#pragma unroll
                for (int w = 0; w < WIDTH; w++) {
                    sum[w] += taps[w] == tap ? gradient[w] : 0.0f;
                }
            }
        }
        store<WIDTH>(inGradient + (long long) position * channels + c, sum);
    }
}

const int WIDE = 16 / sizeof(NUMBER);

extern "C" __global__ void __launch_bounds__(256) pool_maximum(
        const NUMBER* __restrict__ in, NUMBER* __restrict__ out, unsigned char* __restrict__ indices, int count,
        int inHeight, int inWidth, int outHeight, int outWidth, int channels,
        int rows, int columns, int rowStride, int columnStride, int before, int left) {
    if (channels % WIDE == 0) {
        maximum<WIDE>(in, out, indices, count / WIDE, inHeight, inWidth, outHeight, outWidth, channels, rows, columns,
                rowStride, columnStride, before, left);
    } else {
        maximum<1>(in, out, indices, count, inHeight, inWidth, outHeight, outWidth, channels, rows, columns, rowStride,
                columnStride, before, left);
    }
}

extern "C" __global__ void __launch_bounds__(256) pool_maximum_backward(
        const NUMBER* __restrict__ outGradient, NUMBER* __restrict__ inGradient,
        const unsigned char* __restrict__ indices, int count,
        int inHeight, int inWidth, int outHeight, int outWidth, int channels,
        int rows, int columns, int rowStride, int columnStride, int before, int left) {
    if (channels % WIDE == 0) {
        maximum_backward<WIDE>(outGradient, inGradient, indices, count / WIDE, inHeight, inWidth, outHeight, outWidth,
                channels, rows, columns, rowStride, columnStride, before, left);
    } else {
        maximum_backward<1>(outGradient, inGradient, indices, count, inHeight, inWidth, outHeight, outWidth, channels,
                rows, columns, rowStride, columnStride, before, left);
    }
}

template <int WIDTH>
__device__ __forceinline__ void mean(
        const NUMBER* in, NUMBER* out, int count, int inHeight, int inWidth, int outHeight, int outWidth, int channels,
        int rows, int columns, int rowStride, int columnStride, int before, int left) {
    int vectors = channels / WIDTH;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        int c = i % vectors * WIDTH;
        int position = i / vectors;
        int x = position % outWidth;
        int y = position / outWidth % outHeight;
        long long image = (long long) (position / outWidth / outHeight) * inHeight;
        int top = y * rowStride - before;
        int start = x * columnStride - left;
        float sum[WIDTH] = {};
        for (int r = 0; r < rows; r++) {
#pragma unroll 8
            for (int k = 0; k < columns; k++) {
                if (top + r >= 0 && top + r < inHeight && start + k >= 0 && start + k < inWidth) {
                    float value[WIDTH];
                    load<WIDTH>(in + ((image + top + r) * inWidth + start + k) * channels + c, value);
#pragma unroll
                    for (int w = 0; w < WIDTH; w++) {
                        sum[w] += value[w];
                    }
                }
            }
        }
        float counted = (float) (present(top, rows, inHeight) * present(start, columns, inWidth));
        if (counted != 1) { // a division takes long
#pragma unroll
            for (int w = 0; w < WIDTH; w++) {
                sum[w] /= counted;
            }
        }
        store<WIDTH>(out + (long long) position * channels + c, sum);
    }
}

template <int WIDTH>
__device__ __forceinline__ void mean_backward(
        const NUMBER* outGradient, NUMBER* inGradient, int count, int inHeight, int inWidth, int outHeight,
        int outWidth, int channels, int rows, int columns, int rowStride, int columnStride, int before, int left) {
    int vectors = channels / WIDTH;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        int c = i % vectors * WIDTH;
        int position = i / vectors;
        int x = position % inWidth;
        int y = position / inWidth % inHeight;
        long long image = (long long) (position / inWidth / inHeight) * outHeight;
        int firstRow = y + before - rows + 1 > 0 ? (y + before - rows + rowStride) / rowStride : 0;
        int firstColumn = x + left - columns + 1 > 0 ? (x + left - columns + columnStride) / columnStride : 0;
        float sum[WIDTH] = {};
        for (int r = firstRow; r < outHeight && r * rowStride <= y + before; r++) {
            for (int k = firstColumn; k < outWidth && k * columnStride <= x + left; k++) {
                float gradient[WIDTH];
                load<WIDTH>(outGradient + ((image + r) * outWidth + k) * channels + c, gradient);
                float counted = (float) (present(r * rowStride - before, rows, inHeight)
                        * present(k * columnStride - left, columns, inWidth));
#pragma unroll
                for (int w = 0; w < WIDTH; w++) {
                    sum[w] += counted != 1 ? gradient[w] / counted : gradient[w];
                }
            }
        }
        store<WIDTH>(inGradient + (long long) position * channels + c, sum);
    }
}

extern "C" __global__ void __launch_bounds__(256) pool_mean(
        const NUMBER* __restrict__ in, NUMBER* __restrict__ out, int count,
        int inHeight, int inWidth, int outHeight, int outWidth, int channels,
        int rows, int columns, int rowStride, int columnStride, int before, int left) {
    if (channels % WIDE == 0) {
        mean<WIDE>(in, out, count / WIDE, inHeight, inWidth, outHeight, outWidth, channels, rows, columns, rowStride,
                columnStride, before, left);
    } else {
        mean<1>(in, out, count, inHeight, inWidth, outHeight, outWidth, channels, rows, columns, rowStride,
                columnStride, before, left);
    }
}

extern "C" __global__ void __launch_bounds__(256) pool_mean_backward(
        const NUMBER* __restrict__ outGradient, NUMBER* __restrict__ inGradient, int count,
        int inHeight, int inWidth, int outHeight, int outWidth, int channels,
        int rows, int columns, int rowStride, int columnStride, int before, int left) {
    if (channels % WIDE == 0) {
        mean_backward<WIDE>(outGradient, inGradient, count / WIDE, inHeight, inWidth, outHeight, outWidth, channels,
                rows, columns, rowStride, columnStride, before, left);
    } else {
        mean_backward<1>(outGradient, inGradient, count, inHeight, inWidth, outHeight, outWidth, channels, rows,
                columns, rowStride, columnStride, before, left);
    }
}

template <int WIDTH>
__device__ __forceinline__ void change(
        const NUMBER* in, NUMBER* out, int count, int inChannels, int outChannels) {
    int vectors = outChannels / WIDTH;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        int c = i % vectors * WIDTH;
        float values[WIDTH] = {};
        if (c < inChannels) {
            load<WIDTH>(in + (long long) (i / vectors) * inChannels + c, values);
        }
        store<WIDTH>(out + (long long) i * WIDTH, values);
    }
}

/** Rows of one number of channels become rows of another: with zeros behind, or cut off. */
extern "C" __global__ void __launch_bounds__(256) change_channels(
        const NUMBER* __restrict__ in, NUMBER* __restrict__ out, int count, int inChannels, int outChannels) {
    if (inChannels % WIDE == 0 && outChannels % WIDE == 0) {
        change<WIDE>(in, out, count / WIDE, inChannels, outChannels);
    } else {
        change<1>(in, out, count, inChannels, outChannels);
    }
}

/** A thread for each position: the pixels under a row of a window become channels, with zeros behind. */
extern "C" __global__ void __launch_bounds__(256) widen(
        const NUMBER* __restrict__ in, NUMBER* __restrict__ out, int count, int inWidth, int inChannels, int outWidth,
        int outChannels, int columns, int stride, int dilation, int left) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        int x = i % outWidth * stride - left;
        const NUMBER* row = in + (long long) (i / outWidth) * inWidth * inChannels;
        for (int from = 0; from < outChannels; from += WIDE) {
            float values[WIDE];
#pragma unroll
            for (int w = 0; w < WIDE; w++) {
                int column = (from + w) / inChannels;
                int at = x + column * dilation;
                values[w] = column < columns && at >= 0 && at < inWidth
                        ? number(row[at * inChannels + (from + w) % inChannels])
                        : 0.0f;
            }
            store<WIDE>(out + (long long) i * outChannels + from, values);
        }
    }
}

extern "C" __global__ void __launch_bounds__(256) add_bias(
        NUMBER* __restrict__ values, const float* __restrict__ bias, long long count, int channels) {
    for (long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x; i < count;
            i += (long long) gridDim.x * blockDim.x) {
        put(values + i, number(values[i]) + bias[i % channels]);
    }
}

/** A block for each channel. */
extern "C" __global__ void __launch_bounds__(256) bias_gradient(
        const NUMBER* __restrict__ outGradient, float* __restrict__ gradient, int rows, int channels) {
    __shared__ double sums[256];
    double sum = 0;
    for (int row = threadIdx.x; row < rows; row += blockDim.x) {
        sum += number(outGradient[(long long) row * channels + blockIdx.x]);
    }
    sums[threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int i = 1; i < (int) blockDim.x; i++) {
            sum += sums[i];
        }
        gradient[blockIdx.x] = (float) sum;
    }
}

/** The dense layer: a warp for each output, [N, outputs] = in [N, inputs] * weights [outputs, inputs] + bias. */
extern "C" __global__ void __launch_bounds__(256) dense(
        const NUMBER* __restrict__ in, const float* __restrict__ weights, const float* __restrict__ bias,
        float* __restrict__ out, int images, int inputs, int outputs, int biased) {
    int lane = threadIdx.x & 31;
    int at = (blockIdx.x * blockDim.x + threadIdx.x) >> 5;
    if (at >= images * outputs) {
        return;
    }
    int image = at / outputs;
    int o = at % outputs;
    float sum = 0;
    for (int i = lane; i < inputs; i += 32) {
        sum += number(in[(long long) image * inputs + i]) * weights[(long long) o * inputs + i];
    }
    for (int offset = 16; offset > 0; offset >>= 1) {
        sum += __shfl_xor_sync(0xffffffffu, sum, offset);
    }
    if (lane == 0) {
        out[at] = sum + (biased ? bias[o] : 0.0f);
    }
}

/** A thread for each number of the input. */
extern "C" __global__ void __launch_bounds__(256) dense_backward_data(
        const float* __restrict__ outGradient, const float* __restrict__ weights, NUMBER* __restrict__ inGradient,
        int images, int inputs, int outputs) {
    int at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= images * inputs) {
        return;
    }
    int image = at / inputs;
    int i = at % inputs;
    float sum = 0;
    for (int o = 0; o < outputs; o++) {
        sum += outGradient[image * outputs + o] * weights[(long long) o * inputs + i];
    }
    put(inGradient + at, sum);
}

/** A block for 32 inputs of one output (blockIdx.y), whose 8 warps divide the images; the bias is by the first blocks. */
extern "C" __global__ void __launch_bounds__(256) dense_backward_weights(
        const NUMBER* __restrict__ in, const float* __restrict__ outGradient, float* __restrict__ gradient,
        float* __restrict__ biasGradient, int images, int inputs, int outputs, int biased) {
    __shared__ double sums[256];
    __shared__ double biasSums[256];
    int lane = threadIdx.x & 31;
    int i = blockIdx.x * 32 + lane;
    int o = blockIdx.y;
    double sum = 0;
    double biasSum = 0;
    for (int image = threadIdx.x >> 5; image < images; image += 8) {
        float slope = outGradient[image * outputs + o];
        biasSum += slope;
        if (i < inputs) {
            sum += (double) (slope * number(in[(long long) image * inputs + i]));
        }
    }
    sums[threadIdx.x] = sum;
    biasSums[threadIdx.x] = biasSum;
    __syncthreads();
    if (threadIdx.x < 32) {
        for (int warp = 1; warp < 8; warp++) {
            sum += sums[warp * 32 + lane];
            biasSum += biasSums[warp * 32 + lane];
        }
        if (i < inputs) {
            gradient[(long long) o * inputs + i] = (float) sum;
        }
        if (biased && blockIdx.x == 0 && lane == 0) {
            biasGradient[o] = (float) biasSum;
        }
    }
}

/**
 * Softmax cross entropy: a warp for an image at a time. The gradient is that of the images' sum; loss (their sum) and hits go to
 * the step's place, by the last block to finish.
 */
extern "C" __global__ void __launch_bounds__(1024) softmax_loss(
        const float* __restrict__ logits, const float* __restrict__ labels, float* __restrict__ gradient,
        double* __restrict__ losses, int* __restrict__ hits, const int* __restrict__ step, int images, int classes,
        double* partialLosses, int* partialHits, unsigned int* finished) {
    __shared__ double warpLosses[32];
    __shared__ int warpHits[32];
    int lane = threadIdx.x & 31;
    int warp = threadIdx.x >> 5;
    double loss = 0;
    int right = 0;
    for (int image = blockIdx.x * 32 + warp; image < images; image += gridDim.x * 32) {
        const float* row = logits + (long long) image * classes;
        const float* label = labels + (long long) image * classes;
        float most = -__int_as_float(0x7f800000);
        float mostLabel = most;
        int predicted = 0x7fffffff;
        int wanted = 0x7fffffff;
        float sum = 0;
        for (int c = lane; c < classes; c += 32) {
            if (row[c] > most || predicted == 0x7fffffff) {
                most = row[c];
                predicted = c;
            }
            if (label[c] > mostLabel || wanted == 0x7fffffff) {
                mostLabel = label[c];
                wanted = c;
            }
            sum += label[c];
        }
        double shares = sum;
        for (int offset = 16; offset > 0; offset >>= 1) {
            float other = __shfl_xor_sync(0xffffffffu, most, offset);
            int otherAt = __shfl_xor_sync(0xffffffffu, predicted, offset);
            if (other > most || (other == most && otherAt < predicted)) {
                most = other;
                predicted = otherAt;
            }
            other = __shfl_xor_sync(0xffffffffu, mostLabel, offset);
            otherAt = __shfl_xor_sync(0xffffffffu, wanted, offset);
            if (other > mostLabel || (other == mostLabel && otherAt < wanted)) {
                mostLabel = other;
                wanted = otherAt;
            }
            shares += __shfl_xor_sync(0xffffffffu, shares, offset);
        }
        double exponentials = 0;
        for (int c = lane; c < classes; c += 32) {
            exponentials += exp((double) row[c] - (double) most);
        }
        for (int offset = 16; offset > 0; offset >>= 1) {
            exponentials += __shfl_xor_sync(0xffffffffu, exponentials, offset);
        }
        double logarithm = log(exponentials);
        for (int c = lane; c < classes; c += 32) {
            double deviation = (double) row[c] - (double) most;
            if (label[c] != 0) {
                loss -= (double) label[c] * (deviation - logarithm);
            }
            gradient[(long long) image * classes + c] =
                    (float) (exp(deviation) / exponentials * shares - (double) label[c]);
        }
        right += lane == 0 && predicted == wanted ? 1 : 0;
    }
    for (int offset = 16; offset > 0; offset >>= 1) {
        loss += __shfl_xor_sync(0xffffffffu, loss, offset);
    }
    if (lane == 0) {
        warpLosses[warp] = loss;
        warpHits[warp] = right;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int i = 1; i < 32; i++) {
            loss += warpLosses[i];
            right += warpHits[i];
        }
        partialLosses[blockIdx.x] = loss;
        partialHits[blockIdx.x] = right;
        __threadfence();
        if (atomicInc(finished, gridDim.x - 1) == gridDim.x - 1) {
            __threadfence();
            loss = 0;
            right = 0;
            for (int i = 0; i < (int) gridDim.x; i++) {
                loss += ((volatile double*) partialLosses)[i];
                right += ((volatile int*) partialHits)[i];
            }
            losses[*step] = loss;
            hits[*step] = right;
        }
    }
}

/** A warp for each image. */
extern "C" __global__ void __launch_bounds__(256) softmax(
        const float* __restrict__ logits, float* __restrict__ probabilities, int images, int classes) {
    int lane = threadIdx.x & 31;
    int image = (blockIdx.x * blockDim.x + threadIdx.x) >> 5;
    if (image >= images) {
        return;
    }
    const float* row = logits + (long long) image * classes;
    float most = -__int_as_float(0x7f800000);
    for (int c = lane; c < classes; c += 32) {
        most = row[c] > most ? row[c] : most;
    }
    for (int offset = 16; offset > 0; offset >>= 1) {
        float other = __shfl_xor_sync(0xffffffffu, most, offset);
        most = other > most ? other : most;
    }
    double sum = 0;
    for (int c = lane; c < classes; c += 32) {
        sum += exp((double) row[c] - (double) most);
    }
    for (int offset = 16; offset > 0; offset >>= 1) {
        sum += __shfl_xor_sync(0xffffffffu, sum, offset);
    }
    for (int c = lane; c < classes; c += 32) {
        probabilities[(long long) image * classes + c] = (float) (exp((double) row[c] - (double) most) / sum);
    }
}

/** Coefficients of a normalization from its running statistics, for inference. */
extern "C" __global__ void __launch_bounds__(256) running_coefficients(
        float* __restrict__ coefficients, const float* __restrict__ gamma, const float* __restrict__ beta,
        const float* __restrict__ mean, const float* __restrict__ variance, const float* __restrict__ bias,
        int biased, float epsilon, int channels) {
    int c = blockIdx.x * blockDim.x + threadIdx.x;
    if (c < channels) {
        coefficients[c] = mean[c] - (biased ? bias[c] : 0.0f);
        coefficients[channels + c] = (float) ((double) gamma[c] / sqrt((double) variance[c] + (double) epsilon));
        coefficients[2 * channels + c] = beta[c];
    }
}
