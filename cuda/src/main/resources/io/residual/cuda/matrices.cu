// Products of matrices of bf16 by tensor cores, and what brings matrices there. Where there are none that know bf16 (before
// compute capability 8.0, and on a CPU), the lanes of a warp do the same one by one.

typedef unsigned int uint32;
typedef unsigned long long uint64;

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
#define TENSOR_CORES
#endif

/** Eight numbers of bf16. */
struct alignas(16) Chunk {
    uint32 part[4];
};

/** Four numbers of bf16. */
struct alignas(8) Half {
    uint32 part[2];
};

/** Where chunks lie in shared memory. */
#ifdef TENSOR_CORES
typedef uint32 Place;

__device__ __forceinline__ Place place(const Chunk* shared) {
    uint32 offset;
    asm("{ .reg .u64 wide; cvta.to.shared.u64 wide, %1; cvt.u32.u64 %0, wide; }" : "=r"(offset) : "l"(shared));
    return offset;
}

__device__ __forceinline__ Place behind(Place start, int chunks) {
    return start + chunks * 16;
}
#else
typedef Chunk* Place;

__device__ __forceinline__ Place place(Chunk* shared) {
    return shared;
}

__device__ __forceinline__ Place behind(Place start, int chunks) {
    return start + chunks;
}
#endif

/** Begins to copy a chunk from global to shared memory, or to write zeros there: then it may come from nowhere. */
__device__ __forceinline__ void beginCopy(Place to, const unsigned short* from, bool inside) {
#ifdef TENSOR_CORES
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from), "r"(inside ? 16 : 0) : "memory");
#else
    Chunk zero = {{0, 0, 0, 0}};
    *to = inside ? *(const Chunk*) from : zero;
#endif
}

/** Ends the copies of this thread. */
__device__ __forceinline__ void endCopies() {
#ifdef TENSOR_CORES
    asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

/**
 * Loads four matrices of 8 x 8 numbers from shared memory: row j of matrix i is where lane 8 i + j says. Lane 4 j + t gets
 * columns 2 t and 2 t + 1 of row j of each.
 */
__device__ __forceinline__ void load(uint32 (&to)[4], Place row) {
#ifdef TENSOR_CORES
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(row));
#else
    int lane = threadIdx.x & 31;
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const Chunk* from = (const Chunk*) __shfl_sync(~0u, (uint64) row, 8 * i + (lane >> 2));
        to[i] = from->part[lane & 3];
    }
#endif
}

/** As load, but lane 4 j + t gets rows 2 t and 2 t + 1 of column j. */
__device__ __forceinline__ void loadTurned(uint32 (&to)[4], Place row) {
#ifdef TENSOR_CORES
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(row));
#else
    int lane = threadIdx.x & 31;
    int column = lane >> 2;
#pragma unroll
    for (int i = 0; i < 4; i++) {
        to[i] = 0;
        for (int second = 0; second < 2; second++) {
            const Chunk* from = (const Chunk*) __shfl_sync(~0u, (uint64) row, 8 * i + 2 * (lane & 3) + second);
            to[i] |= (from->part[column >> 1] >> 16 * (column & 1) & 0xffffu) << 16 * second;
        }
    }
#endif
}

#ifndef TENSOR_CORES
__device__ __forceinline__ float dot(uint64 a, uint64 b, float sum) {
    for (int i = 0; i < 64; i += 16) {
        sum += __uint_as_float((uint32) (a >> i) << 16) * __uint_as_float((uint32) (b >> i) << 16);
    }
    return sum;
}
#endif

/**
 * Adds the product of a, 16 rows of 16 numbers, and b, 16 rows of 8. Lane 4 j + t has of a columns 2 t and 2 t + 1 of rows j
 * and j + 8, then 2 t + 8 and 2 t + 9 of them; of b rows 2 t and 2 t + 1, then 2 t + 8 and 2 t + 9, of column j; of the sum
 * columns 2 t and 2 t + 1 of row j, then of j + 8.
 */
__device__ __forceinline__ void mma(float (&sum)[4], const uint32 (&a)[4], uint32 b0, uint32 b1) {
#ifdef TENSOR_CORES
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
                 "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#else
    int lane = threadIdx.x & 31;
    for (int t = 0; t < 4; t++) {
        uint64 upper = __shfl_sync(~0u, (uint64) a[2] << 32 | a[0], (lane & ~3) + t);
        uint64 lower = __shfl_sync(~0u, (uint64) a[3] << 32 | a[1], (lane & ~3) + t);
        uint64 left = __shfl_sync(~0u, (uint64) b1 << 32 | b0, 8 * (lane & 3) + t);
        uint64 right = __shfl_sync(~0u, (uint64) b1 << 32 | b0, 8 * (lane & 3) + 4 + t);
        sum[0] = dot(upper, left, sum[0]);
        sum[1] = dot(upper, right, sum[1]);
        sum[2] = dot(lower, left, sum[2]);
        sum[3] = dot(lower, right, sum[3]);
    }
#endif
}

/** Rounds to the nearest, to even where two are; NaN stays one. */
__device__ __forceinline__ uint32 rounded(float low, float high) {
#ifdef TENSOR_CORES
    uint32 both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
#else
    uint32 bits[2] = {__float_as_uint(low), __float_as_uint(high)};
    for (int i = 0; i < 2; i++) {
        bool nan = (bits[i] & 0x7fffffffu) > 0x7f800000u;
        bits[i] = nan ? 0x7fffu : (bits[i] + 0x7fffu + (bits[i] >> 16 & 1u)) >> 16;
    }
    return bits[0] | bits[1] << 16;
#endif
}
