// Parameters lie in one array: weights of convolutions, weights of dense layers, vectors, running statistics.

/** The step's learning rate, factor on the gradient, and weight of the average. */
struct Rates {
    float rate, scale, average, correction1, correction2, unused1, unused2, unused3;
};

/** The norm of the complete gradient, after the step's factor, and what bounds it: one block at a time adds its part, the last one all. */
extern "C" __global__ void __launch_bounds__(512) gradient_norm(
        const NUMBER* __restrict__ weightGradient, const float* __restrict__ gradient, long long convolutionEnd,
        long long end, const Rates* __restrict__ rates, const int* __restrict__ step, float maximum,
        double* __restrict__ partial, unsigned int* __restrict__ counter, float* __restrict__ factor) {
    __shared__ double sums[512];
    __shared__ unsigned int finished;
    double sum = 0;
    for (long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x; i < end; i += (long long) gridDim.x * blockDim.x) {
        float g = i < convolutionEnd ? number(weightGradient[i]) : gradient[i];
        sum += (double) g * (double) g;
    }
    sums[threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int i = 1; i < (int) blockDim.x; i++) {
            sum += sums[i];
        }
        partial[blockIdx.x] = sum;
        __threadfence();
        finished = atomicInc(counter, gridDim.x - 1);
    }
    __syncthreads();
    if (finished == gridDim.x - 1 && threadIdx.x == 0) {
        __threadfence();
        double total = 0;
        for (int i = 0; i < (int) gridDim.x; i++) {
            total += ((volatile double*) partial)[i];
        }
        double norm = (double) rates[*step].scale * sqrt(total);
        double bound = (double) maximum / (norm + 1e-6);
        *factor = (float) (bound < 1 ? bound : 1);
    }
}

/** Rules: 0 gradient descent, 1 with momentum, 2 with Nesterov's, 3 Adam. */
extern "C" __global__ void __launch_bounds__(256) update(
        float* __restrict__ parameters, const NUMBER* __restrict__ weightGradient, const float* __restrict__ gradient,
        NUMBER* __restrict__ weights, float* __restrict__ first, float* __restrict__ second,
        float* __restrict__ averaged, long long convolutionEnd, long long decayEnd, long long trainedEnd,
        long long end, const Rates* __restrict__ rates, const int* __restrict__ step, const float* __restrict__ clip,
        int rule, float momentum, float decay, int decoupled, int averages) {
    Rates now = rates[*step];
    float scale = clip ? now.scale * *clip : now.scale;
    for (long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x; i < end; i += (long long) gridDim.x * blockDim.x) {
        float p = parameters[i];
        if (i < trainedEnd) {
            float g = scale * (i < convolutionEnd ? number(weightGradient[i]) : gradient[i]);
            if (i < decayEnd && decay != 0) {
                if (decoupled) {
                    p *= 1 - now.rate * decay;
                } else {
                    g += decay * p;
                }
            }
            if (rule == 0) {
                p -= now.rate * g;
            } else if (rule == 3) {
                float m = 0.9f * first[i] + (1 - 0.9f) * g;
                float v = 0.999f * second[i] + (1 - 0.999f) * g * g;
                first[i] = m;
                second[i] = v;
                p -= now.rate * (m * now.correction1) / (sqrtf(v * now.correction2) + 1e-8f);
            } else {
                float v = momentum * first[i] + g;
                first[i] = v;
                p -= now.rate * (rule == 2 ? g + momentum * v : v);
            }
            parameters[i] = p;
#ifdef BF16
            if (i < convolutionEnd) {
                put(weights + i, p);
            }
#endif
        }
        if (averages) {
            averaged[i] = now.average * averaged[i] + (1 - now.average) * p;
        }
    }
}

/** Weights of convolutions as they are multiplied. */
extern "C" __global__ void __launch_bounds__(256) round_weights(
        const float* __restrict__ parameters, NUMBER* __restrict__ weights, long long count) {
    for (long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x; i < count; i += (long long) gridDim.x * blockDim.x) {
        put(weights + i, parameters[i]);
    }
}

/** Sets the flag if a parameter is infinite or not a number. */
extern "C" __global__ void __launch_bounds__(256) find_infinite(
        const float* __restrict__ parameters, long long count, int* __restrict__ flag) {
    for (long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x; i < count; i += (long long) gridDim.x * blockDim.x) {
        if ((__float_as_uint(parameters[i]) & 0x7f800000u) == 0x7f800000u) {
            atomicOr(flag, 1);
        }
    }
}

extern "C" __global__ void next_step(int* step) {
    *step += 1;
}
