// What all kernels share. NUMBER is the type that images and weights have in memory: float, or unsigned short for bf16.

typedef unsigned int uint32;

#ifdef BF16
typedef unsigned short NUMBER;
#else
typedef float NUMBER;
#endif

__device__ __forceinline__ float number(float value) {
    return value;
}

__device__ __forceinline__ float number(unsigned short bits) {
    return __uint_as_float((uint32) bits << 16);
}

__device__ __forceinline__ void put(float* to, float value) {
    *to = value;
}

/** To the nearest, to even where two are; NaN stays one. */
__device__ __forceinline__ void put(unsigned short* to, float value) {
    uint32 bits = __float_as_uint(value);
    *to = (unsigned short) (value != value ? (bits >> 16) | 64 : (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

struct alignas(16) Four {
    uint32 part[4];
};

/** As many numbers as 16 bytes hold, where WIDTH says so; else one. */
template <int WIDTH>
__device__ __forceinline__ void load(const float* from, float* to) {
    if (WIDTH == 4) {
        Four four = *(const Four*) from;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            to[i] = __uint_as_float(four.part[i]);
        }
    } else {
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            to[i] = from[i];
        }
    }
}

template <int WIDTH>
__device__ __forceinline__ void load(const unsigned short* from, float* to) {
    if (WIDTH == 8) {
        Four four = *(const Four*) from;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            to[2 * i] = __uint_as_float(four.part[i] << 16);
            to[2 * i + 1] = __uint_as_float(four.part[i] & 0xffff0000u);
        }
    } else {
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            to[i] = number(from[i]);
        }
    }
}

template <int WIDTH>
__device__ __forceinline__ void store(float* to, const float* from) {
    if (WIDTH == 4) {
        Four four;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            four.part[i] = __float_as_uint(from[i]);
        }
        *(Four*) to = four;
    } else {
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            to[i] = from[i];
        }
    }
}

template <int WIDTH>
__device__ __forceinline__ void store(unsigned short* to, const float* from) {
    if (WIDTH == 8) {
        Four four;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            unsigned short low;
            unsigned short high;
            put(&low, from[2 * i]);
            put(&high, from[2 * i + 1]);
            four.part[i] = (uint32) low | ((uint32) high << 16);
        }
        *(Four*) to = four;
    } else {
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            put(to + i, from[i]);
        }
    }
}
