package io.residual.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostDeviceTest {
    private static final String SUM = """
        #define THREADS 96
        // Sum of n numbers: a part by each block, the parts by the one that ends last.
        __device__ __forceinline__ float sumOfBlock(float x) {
            __shared__ float sums[THREADS / 32];
            #pragma unroll
            for (int d = 16; d > 0; d >>= 1) x += __shfl_down_sync(0xffffffffu, x, d);
            if ((threadIdx.x & 31) == 0) sums[threadIdx.x >> 5] = x;
            __syncthreads();
            x = threadIdx.x < THREADS / 32 ? sums[threadIdx.x] : 0.0f;
            if (threadIdx.x < 32) for (int lanes = 16; lanes > 0; lanes >>= 1) x += __shfl_xor_sync(0xffffffffu, x, lanes);
            return x;
        }
        extern "C" __global__ void __launch_bounds__(THREADS) sum(
                const float* __restrict__ numbers, int n, float* parts, unsigned* ended, float* to) {
            float mine = 0.0f;
            for (int i = blockIdx.x * THREADS + threadIdx.x; i < n; i += gridDim.x * THREADS) mine += numbers[i];
            mine = sumOfBlock(mine);
            __shared__ bool last;
            if (threadIdx.x == 0) {
                parts[blockIdx.x] = mine;
                __threadfence();
                last = atomicAdd(ended, 1u) == gridDim.x - 1;
            }
            __syncthreads();
            if (!last) return;
            float all = sumOfBlock(threadIdx.x < gridDim.x ? parts[threadIdx.x] : 0.0f);
            if (threadIdx.x == 0) {
                *to = all;
                *ended = 0;
            }
        }
        extern "C" __global__ void scale(float* x, float by, long long n) {
            long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n) x[i] *= by;
        }
        """;

    private HostDevice device = new HostDevice();

    @BeforeAll
    static void a_compiler_is_there() {
        HostCompiler.assumeAvailable();
    }

    @BeforeEach
    void open() {
        device = new HostDevice();
    }

    @AfterEach
    void close() {
        device.close();
    }

    @ParameterizedTest
    @EnumSource(HostDevice.Order.class)
    void barriers_shuffles_and_the_last_block_work_in_every_order(HostDevice.Order order) {
        try (HostDevice ordered = new HostDevice(order, HostDevice.Side.AT_ONCE)) {
            Kernel sum = ordered.compile(SUM).get("sum");
            int n = 1000;
            float[] numbers = new float[n];
            for (int i = 0; i < n; i++) numbers[i] = i;
            long from = upload(ordered, numbers);
            long parts = ordered.allocate(4 * 7);
            long ended = ordered.allocate(4);
            long to = ordered.allocate(4);
            for (int twice = 0; twice < 2; twice++) sum.launch(7, 1, 96, from, n, parts, ended, to);
            assertThat(download(ordered, to, 1)).containsExactly(499500f);
        }
    }

    @Test
    void a_million_threads_without_barriers_take_less_than_a_second() {
        Kernel scale = device.compile(SUM).get("scale");
        long x = device.allocate(4L << 20);
        long start = System.nanoTime();
        scale.launch(4096, 1, 256, x, 2f, 1L << 20);
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(1);
    }

    @Test
    void a_graph_runs_as_often_as_it_is_launched() {
        Kernel scale = device.compile(SUM).get("scale");
        long x = upload(device, 1, 2, 3);
        long y = upload(device, 9, 9, 9);
        CapturedGraph graph = device.capture(() -> {
            scale.launch(1, 1, 32, x, 3f, 2L);
            device.clear(y, 4);
            device.copy(x, y + 4, 8);
        });
        assertThat(download(device, x, 3)).containsExactly(1, 2, 3);
        graph.launch();
        assertThat(download(device, x, 3)).containsExactly(3, 6, 3);
        graph.launch();
        assertThat(download(device, x, 3)).containsExactly(9, 18, 3);
        assertThat(download(device, y, 3)).containsExactly(0, 9, 18);
        graph.close();
        assertThatThrownBy(graph::launch).hasMessageContaining("closed");
    }

    @Test
    void wrong_arguments_are_refused() {
        Kernel scale = device.compile(SUM).get("scale");
        long x = upload(device, 1, 2);
        assertThatThrownBy(() -> scale.launch(1, 1, 32, x, 3f)).hasMessage("Kernel scale has 3 parameters, not 2");
        assertThatThrownBy(() -> scale.launch(1, 1, 32, x, 3f, 2))
                .hasMessage("Argument 2 of kernel scale must be a Long for long long, not Integer");
        assertThatThrownBy(() -> scale.launch(1, 1, 32, 17L, 3f, 2L))
                .hasMessageContaining("0x11 do not lie in allocated memory");
        assertThatThrownBy(() -> scale.launch(1, 1, 1025, x, 3f, 2L)).hasMessageContaining("1025 threads");
        assertThatThrownBy(() -> device.compile(SUM).get("sum").launch(1, 1, 128, x, 1, x, x, x))
                .hasMessageContaining("__launch_bounds__");
        assertThatThrownBy(() -> device.compile(SUM).get("add")).hasMessage("No kernel add among [sum, scale]");
    }

    @Test
    void writes_around_memory_are_found() {
        Kernel scale = device.compile("extern \"C\" __global__ void set(int* x, int i) { x[i] = 5; }")
                .get("set");
        long x = device.allocate(12);
        scale.launch(1, 1, 1, x, 3);
        assertThatThrownBy(device::synchronize)
                .hasMessageContaining("Written behind the 12 bytes")
                .hasMessageContaining("0 bytes off");
        device = new HostDevice();
    }

    @Test
    void threads_that_miss_a_barrier_are_found() {
        Kernels kernels = device.compile("""
            extern "C" __global__ void leave(int n) {
                if (threadIdx.x >= n) return;
                __syncthreads();
            }
            extern "C" __global__ void lanes(int n) {
                if (threadIdx.x < n) __shfl_down_sync(0xffffffffu, 1.0f, 1);
            }
            """);
        Kernel leave = kernels.get("leave");
        assertThatThrownBy(() -> leave.launch(1, 1, 64, 40))
                .isInstanceOf(CudaException.class)
                .hasMessage("Kernel leave: threads wait for ever: 0 is at a barrier (line 3), 40 is done (line 0), in"
                        + " block 0, 0");
        assertThatThrownBy(() -> kernels.get("lanes").launch(1, 1, 64, 8))
                .hasMessageContaining("at an exchange of its warp (line 6)");
        leave.launch(3, 2, 64, 64);
    }

    @Test
    void arrays_in_shared_memory_of_templates_are_each_their_own() {
        Kernel kernel = device.compile("""
            template <class T> __device__ T first(T x) {
                __shared__ T shared[1];
                if (threadIdx.x == 0) shared[0] = x;
                __syncthreads();
                T result = shared[0];
                __syncthreads();
                return result;
            }
            extern "C" __global__ void both(float* to, float x, int y) {
                __shared__ float own[32];
                own[threadIdx.x] = x;
                __syncthreads();
                to[threadIdx.x] = first(own[31 - threadIdx.x] + threadIdx.x) + first(y + (int) threadIdx.x);
            }
            """).get("both");
        long to = device.allocate(4 * 32);
        kernel.launch(1, 1, 32, to, 2.5f, 7);
        assertThat(download(device, to, 32)).containsOnly(9.5f);
    }

    @Test
    void shared_memory_begins_with_numbers_that_are_none() {
        Kernel kernel = device.compile("""
            extern "C" __global__ void read(float* to) {
                __shared__ float shared[2];
                to[blockIdx.x] = shared[0];
                shared[0] = 1.0f;
            }
            """).get("read");
        long to = device.allocate(8);
        kernel.launch(2, 1, 1, to);
        assertThat(download(device, to, 2)).containsExactly(Float.NaN, Float.NaN);
    }

    @Test
    void what_a_GPU_stops_at_is_told_with_its_line() {
        Kernels kernels = device.compile("""
            typedef unsigned int word;
            extern "C" __global__ void wide(float4* to, word shift) { *(float4*) ((float*) to + shift) = make_float4(1, 2, 3, 4); }
            extern "C" __global__ void beyond(float* to, int at) {
                __shared__ float few[4];
                few[at] = 1.0f;
                to[0] = few[at];
            }
            extern "C" __global__ void divide(int* to, int by) { to[0] = 7 / by; }
            """);
        long to = device.allocate(64);
        kernels.get("wide").launch(1, 1, 1, to, 4);
        assertThat(download(device, to + 16, 4)).containsExactly(1, 2, 3, 4);
        assertThatThrownBy(() -> kernels.get("wide").launch(1, 1, 1, to, 1))
                .hasMessage(
                        "Kernel wide: an address that is not aligned for its type in line 2, in thread 0 of block 0,"
                                + " 0");
        assertThatThrownBy(() -> kernels.get("wide").launch(1, 1, 1, 0L, 0)).hasMessageContaining("address 0");
        assertThatThrownBy(() -> kernels.get("beyond").launch(1, 1, 1, to, 4))
                .hasMessageContaining("an index beyond its array in line 5");
        assertThatThrownBy(() -> kernels.get("divide").launch(1, 1, 1, to, 0))
                .hasMessageContaining("a division by 0 in line 8");
    }

    @ParameterizedTest
    @EnumSource(HostDevice.Order.class)
    void blocks_that_wait_for_each_other_run_at_once_or_are_refused(HostDevice.Order order) {
        try (HostDevice ordered = new HostDevice(order, HostDevice.Side.AT_ONCE)) {
            Kernels kernels = ordered.compile("""
                extern "C" __global__ void __launch_bounds__(64) exchange(int* posted, int* sums, int last) {
                    __shared__ int own[64];
                    own[threadIdx.x] = 100 * blockIdx.x + threadIdx.x;
                    __syncthreads();
                    int block = blockIdx.x;
                    if (threadIdx.x == 0) ((volatile int*) posted)[block] = own[63] + 1;
                    int next = block == last ? 0 : block + 1;
                    int read = ((volatile int*) posted)[next];
                    while (read == 0) {
                        __nanosleep(20);
                        read = ((volatile int*) posted)[next];
                    }
                    __syncthreads();
                    sums[64 * block + threadIdx.x] = read + own[63 - threadIdx.x];
                }
                """);
            long posted = ordered.allocate(4 * 5);
            long sums = ordered.allocate(4 * 64 * 4);

            kernels.together("exchange").launch(4, 1, 64, posted, sums, 3);

            ByteBuffer found = ByteBuffer.allocateDirect(4 * 64 * 4).order(ByteOrder.nativeOrder());
            ordered.download(sums, found);
            assertThat(found.getInt(4 * 64)).isEqualTo(264 + 163);
            assertThat(found.getInt(4 * (64 * 4 - 1))).isEqualTo(64 + 300);
            assertThatThrownBy(() -> kernels.together("exchange").launch(5, 1, 64, posted, sums, 4))
                    .hasMessage("Kernel exchange has 5 blocks that run at once, on 4 multiprocessors");
            ordered.clear(posted, 4 * 5);
            assertThatThrownBy(() -> kernels.together("exchange").launch(2, 1, 64, posted, sums, 3))
                    .hasMessageContaining("blocks wait for ever");
            ordered.clear(posted, 4 * 5);
            assertThatThrownBy(() -> kernels.get("exchange").launch(4, 1, 64, posted, sums, 3))
                    .hasMessageContaining("waits for another block, which may not run yet");
        }
    }

    @Test
    void work_on_the_side_runs_late_if_asked_but_before_it_is_joined() {
        try (HostDevice late = new HostDevice(HostDevice.Order.FORWARDS, HostDevice.Side.LATE)) {
            long x = upload(late, 1);
            long y = upload(late, 0);
            late.beginSide();
            late.copy(x, y, 4);
            late.endSide();
            late.clear(x, 4);
            late.joinSide();
            assertThat(download(late, y, 1)).containsExactly(0);
        }
        long x = upload(device, 1);
        assertThatThrownBy(device::endSide).hasMessage("No work is queued on the side");
        assertThatThrownBy(() -> device.capture(() -> {
                    device.beginSide();
                    device.clear(x, 4);
                    device.endSide();
                }))
                .hasMessage("The captured work leaves its side unjoined");
        assertThatThrownBy(() -> device.capture(device::synchronize)).hasMessage("Captured work must not wait");
    }

    @Test
    void faults_of_a_source_are_told_with_their_lines() {
        assertThatThrownBy(() -> device.compile("\nextern \"C\" __global__ void f() { g(); }"))
                .isInstanceOf(CudaException.class)
                .hasMessageContaining(":2:");
        assertThatThrownBy(() -> device.compile("__global__ void f() {}")).hasMessageContaining("Of 1 kernels only []");
        assertThatThrownBy(() -> device.compile("#include <stdint.h>\n")).isInstanceOf(CudaException.class);
        assertThatThrownBy(() -> device.compile("extern \"C\" __global__ void f(double x) {}"))
                .hasMessageContaining("type double");
    }

    private static long upload(Device device, float... numbers) {
        long to = device.allocate(4L * numbers.length);
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 * numbers.length).order(ByteOrder.nativeOrder());
        buffer.asFloatBuffer().put(numbers);
        device.upload(buffer, to);
        return to;
    }

    private static float[] download(Device device, long from, int size) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 * size).order(ByteOrder.nativeOrder());
        device.download(from, buffer);
        float[] numbers = new float[size];
        buffer.asFloatBuffer().get(numbers);
        return numbers;
    }
}
