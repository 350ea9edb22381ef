// What CUDA C has built in, for g++: read before each source. Without a single #include, as a source must not need any.
// Atomics of floating point are left out: a step adds in a fixed order.
typedef decltype(sizeof(0)) size_t;

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __shared__ static HOST_SHARED
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(n) alignas(n)
#define __launch_bounds__(...)

#define HOST_VECTOR(name, type, size) \
    struct alignas(size * sizeof(type) > 16 ? 16 : size * sizeof(type)) name##size { HOST_PARTS_##size(type) }; \
    static inline name##size make_##name##size(HOST_PARAMETERS_##size(type)) { return {HOST_NAMES_##size}; }
#define HOST_PARTS_2(type) type x, y;
#define HOST_PARTS_4(type) type x, y, z, w;
#define HOST_PARAMETERS_2(type) type x, type y
#define HOST_PARAMETERS_4(type) type x, type y, type z, type w
#define HOST_NAMES_2 x, y
#define HOST_NAMES_4 x, y, z, w
#define HOST_VECTORS(name, type) HOST_VECTOR(name, type, 2) HOST_VECTOR(name, type, 4)
HOST_VECTORS(char, signed char)
HOST_VECTORS(uchar, unsigned char)
HOST_VECTORS(short, short)
HOST_VECTORS(ushort, unsigned short)
HOST_VECTORS(int, int)
HOST_VECTORS(uint, unsigned)
HOST_VECTORS(float, float)
HOST_VECTOR(longlong, long long, 2)
HOST_VECTOR(ulonglong, unsigned long long, 2)
HOST_VECTOR(double, double, 2)

struct uint3 { unsigned x, y, z; };
struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};
extern uint3 threadIdx, blockIdx;
extern dim3 blockDim, gridDim;
static const int warpSize = 32;

// Of the scheduler, in host.cpp. `line` tells one meeting of threads from another.
void host_pause();
void host_barrier(int line);
unsigned long long host_exchange(unsigned mask, unsigned long long value, int source, int line);
unsigned host_ballot(unsigned mask, bool predicate, int line);
[[noreturn]] void host_fail(const char* message);
typedef void (*host_kernel)(void** arguments);
const char* host_launch(
        unsigned x, unsigned y, unsigned threads, unsigned order, bool together, host_kernel kernel, void** arguments);

static inline void __syncthreads(int line = __builtin_LINE()) { host_barrier(line); }
static inline void __syncwarp(unsigned mask = 0xffffffffu, int line = __builtin_LINE()) { host_ballot(mask, true, line); }
// How a thread waits for another block.
static inline void __nanosleep(unsigned nanoseconds) { host_pause(); }
static inline void __threadfence() {}
static inline void __threadfence_block() {}
[[noreturn]] static inline void __trap() { host_fail("__trap()"); }

template <class T> static inline T host_shuffle(unsigned mask, T value, int source, int line) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles are of 4 or 8 bytes");
    unsigned long long bits = 0;
    __builtin_memcpy(&bits, &value, sizeof(T));
    bits = host_exchange(mask, bits, source, line);
    __builtin_memcpy(&value, &bits, sizeof(T));
    return value;
}
static inline int host_lane() { return threadIdx.x & 31; }
template <class T>
static inline T __shfl_sync(unsigned mask, T v, int lane, int width = 32, int line = __builtin_LINE()) {
    return host_shuffle(mask, v, (host_lane() & ~(width - 1)) + (lane & (width - 1)), line);
}
template <class T>
static inline T __shfl_down_sync(unsigned mask, T v, unsigned delta, int width = 32, int line = __builtin_LINE()) {
    int inside = (host_lane() & (width - 1)) + (int) delta;
    return host_shuffle(mask, v, inside < width ? host_lane() + (int) delta : host_lane(), line);
}
template <class T>
static inline T __shfl_up_sync(unsigned mask, T v, unsigned delta, int width = 32, int line = __builtin_LINE()) {
    int inside = (host_lane() & (width - 1)) - (int) delta;
    return host_shuffle(mask, v, inside >= 0 ? host_lane() - (int) delta : host_lane(), line);
}
template <class T>
static inline T __shfl_xor_sync(unsigned mask, T v, int lanes, int width = 32, int line = __builtin_LINE()) {
    int source = host_lane() ^ lanes;
    return host_shuffle(mask, v, source / width <= host_lane() / width ? source : host_lane(), line);
}
static inline unsigned __ballot_sync(unsigned mask, int p, int line = __builtin_LINE()) { return host_ballot(mask, p, line); }
static inline int __any_sync(unsigned mask, int p, int line = __builtin_LINE()) { return host_ballot(mask, p, line) != 0; }
static inline int __all_sync(unsigned mask, int p, int line = __builtin_LINE()) { return host_ballot(mask, !p, line) == 0; }
static inline unsigned __activemask() { return 1u << host_lane(); }

// Blocks run one after the other and threads switch at meetings alone, so plain reads and writes are atomic.
#define HOST_ATOMIC(type, name, expression) \
    static inline type name(type* address, type value) { type old = *address; *address = expression; return old; }
#define HOST_ATOMICS(type) \
    HOST_ATOMIC(type, atomicAdd, old + value) HOST_ATOMIC(type, atomicExch, value) \
    HOST_ATOMIC(type, atomicMax, old > value ? old : value) HOST_ATOMIC(type, atomicMin, old < value ? old : value) \
    HOST_ATOMIC(type, atomicOr, old | value) HOST_ATOMIC(type, atomicAnd, old & value) \
    static inline type atomicCAS(type* address, type compare, type value) { \
        type old = *address; *address = old == compare ? value : old; return old; \
    }
HOST_ATOMICS(int)
HOST_ATOMICS(unsigned)
HOST_ATOMICS(unsigned long long)
static inline int atomicSub(int* a, int v) { return atomicAdd(a, -v); }
static inline unsigned atomicSub(unsigned* a, unsigned v) { return atomicAdd(a, 0u - v); }
HOST_ATOMIC(unsigned, atomicInc, old >= value ? 0 : old + 1)
HOST_ATOMIC(unsigned, atomicDec, old == 0 || old > value ? value : old - 1)

template <class T> static inline T __ldg(const T* address) { return *address; }
template <class T> static inline T __ldcg(const T* address) { return *address; }
template <class T> static inline T __ldcs(const T* address) { return *address; }
template <class T> static inline void __stcg(T* address, T value) { *address = value; }
template <class T> static inline void __stcs(T* address, T value) { *address = value; }

template <class To, class From> static inline To host_bits(From from) {
    static_assert(sizeof(To) == sizeof(From), "as many bits");
    To to;
    __builtin_memcpy(&to, &from, sizeof(To));
    return to;
}
static inline unsigned __float_as_uint(float x) { return host_bits<unsigned>(x); }
static inline int __float_as_int(float x) { return host_bits<int>(x); }
static inline float __uint_as_float(unsigned x) { return host_bits<float>(x); }
static inline float __int_as_float(int x) { return host_bits<float>(x); }
static inline long long __double_as_longlong(double x) { return host_bits<long long>(x); }
static inline double __longlong_as_double(long long x) { return host_bits<double>(x); }
static inline float __double2float_rn(double x) { return (float) x; }
static inline float __int2float_rn(int x) { return (float) x; }
static inline float __uint2float_rn(unsigned x) { return (float) x; }
static inline int __float2int_rn(float x) { return (int) __builtin_rintf(x); }
static inline int __float2int_rz(float x) { return (int) x; }
static inline unsigned __float2uint_rn(float x) { return (unsigned) __builtin_rintf(x); }
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fsub_rn(float a, float b) { return a - b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline float __fsqrt_rn(float x) { return __builtin_sqrtf(x); }
static inline float __frcp_rn(float x) { return 1.0f / x; }
static inline float __fdividef(float a, float b) { return a / b; }
static inline float __expf(float x) { return __builtin_expf(x); }
static inline float __logf(float x) { return __builtin_logf(x); }
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline double __ddiv_rn(double a, double b) { return a / b; }
static inline double __dsqrt_rn(double x) { return __builtin_sqrt(x); }
static inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz((unsigned) x); }
static inline int __clzll(long long x) { return x == 0 ? 64 : __builtin_clzll((unsigned long long) x); }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __mulhi(int a, int b) { return (int) ((long long) a * b >> 32); }
static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned) ((unsigned long long) a * b >> 32); }
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
    return (unsigned long long) ((unsigned __int128) a * b >> 64);
}

#define HOST_UNARY(name) \
    static inline float name##f(float x) { return __builtin_##name##f(x); } \
    static inline float name(float x) { return __builtin_##name##f(x); } \
    static inline double name(double x) { return __builtin_##name(x); }
#define HOST_BINARY(name) \
    static inline float name##f(float x, float y) { return __builtin_##name##f(x, y); } \
    static inline float name(float x, float y) { return __builtin_##name##f(x, y); } \
    static inline double name(double x, double y) { return __builtin_##name(x, y); }
HOST_UNARY(sqrt) HOST_UNARY(exp) HOST_UNARY(exp2) HOST_UNARY(expm1) HOST_UNARY(log) HOST_UNARY(log2) HOST_UNARY(log1p)
HOST_UNARY(fabs) HOST_UNARY(floor) HOST_UNARY(ceil) HOST_UNARY(trunc) HOST_UNARY(round) HOST_UNARY(rint)
HOST_UNARY(sin) HOST_UNARY(cos) HOST_UNARY(tanh) HOST_UNARY(erf)
HOST_BINARY(fmax) HOST_BINARY(fmin) HOST_BINARY(pow) HOST_BINARY(fmod) HOST_BINARY(copysign)
static inline float fmaf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline float rsqrtf(float x) { return 1.0f / __builtin_sqrtf(x); }
static inline float rsqrt(float x) { return 1.0f / __builtin_sqrtf(x); }
static inline double rsqrt(double x) { return 1.0 / __builtin_sqrt(x); }
static inline int abs(int x) { return x < 0 ? -x : x; }
static inline long long abs(long long x) { return x < 0 ? -x : x; }
static inline float abs(float x) { return __builtin_fabsf(x); }
static inline double abs(double x) { return __builtin_fabs(x); }
template <class T> static inline bool isnan(T x) { return __builtin_isnan(x); }
template <class T> static inline bool isinf(T x) { return __builtin_isinf(x); }
template <class T> static inline bool isfinite(T x) { return __builtin_isfinite(x); }

#define HOST_ORDER(a, b, type) \
    static inline type min(a x, b y) { return (type) x < (type) y ? (type) x : (type) y; } \
    static inline type max(a x, b y) { return (type) x > (type) y ? (type) x : (type) y; }
HOST_ORDER(int, int, int)
HOST_ORDER(unsigned, unsigned, unsigned)
HOST_ORDER(int, unsigned, unsigned)
HOST_ORDER(unsigned, int, unsigned)
HOST_ORDER(long long, long long, long long)
HOST_ORDER(unsigned long long, unsigned long long, unsigned long long)
HOST_ORDER(long long, unsigned long long, unsigned long long)
HOST_ORDER(unsigned long long, long long, unsigned long long)
static inline float min(float x, float y) { return __builtin_fminf(x, y); }
static inline float max(float x, float y) { return __builtin_fmaxf(x, y); }
static inline double min(double x, double y) { return __builtin_fmin(x, y); }
static inline double max(double x, double y) { return __builtin_fmax(x, y); }
