package io.residual.onednn.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PrimitiveCacheTest {
    private record Key(int number) {}

    @Test
    void the_cache_closes_the_least_recently_used_and_stays_bounded() {
        var kernels = PrimitiveCache.ofThisThread();
        var closed = new AtomicInteger();
        var first = kernels.get(new Key(0), () -> (AutoCloseable) () -> closed.addAndGet(1_000_000));

        for (int i = 1; i < 1500; i++) {
            kernels.get(new Key(i), () -> (AutoCloseable) closed::incrementAndGet);
            assertThat(kernels.<Key, AutoCloseable>get(new Key(0), () -> {
                        throw new AssertionError("the one in use must stay");
                    }))
                    .isSameAs(first);
        }

        assertThat(kernels.size()).isEqualTo(1024);
        assertThat(closed.get()).isBetween(476, 999_999);
    }

    @Test
    void working_memory_is_aligned_and_slots_do_not_overlap() {
        var kernels = PrimitiveCache.ofThisThread();
        var weights = kernels.buffer(PrimitiveCache.Slot.WEIGHTS, 1000);
        var bias = kernels.buffer(PrimitiveCache.Slot.BIAS, 1000);

        assertThat(weights.address() % 64).isZero();
        assertThat(Math.abs(weights.address() - bias.address())).isGreaterThanOrEqualTo(1000);
        assertThat(kernels.buffer(PrimitiveCache.Slot.WEIGHTS, 900).address()).isEqualTo(weights.address());
    }
}
