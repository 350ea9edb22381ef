package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;

@Timeout(20)
class PrefetchTest {
    private static final List<String> NAMES = List.of("ant", "bee", "cat");

    @TempDir
    Path folder;

    @AfterEach
    void no_thread_is_left() {
        assertThat(prefetchThreads()).isEmpty();
    }

    @Test
    void batches_are_those_of_the_source_in_its_order() {
        List<Float> direct = new ArrayList<>();
        for (ImageBatches source = source(); source.hasNext(); ) {
            direct.add(source.next().getFeatures().sumNumber().floatValue());
        }

        List<Float> prefetched = new ArrayList<>();
        try (var prefetch = new Prefetch(source(), 2)) {
            while (prefetch.hasNext()) {
                prefetched.add(prefetch.next().getFeatures().sumNumber().floatValue());
            }
            assertThatThrownBy(prefetch::next).isInstanceOf(NoSuchElementException.class);
        }

        assertThat(prefetched).hasSize(10).isEqualTo(direct).doesNotHaveDuplicates();
    }

    @Test
    void no_more_batches_than_the_depth_are_made_ahead() throws InterruptedException {
        var made = new AtomicInteger();
        var enough = new CountDownLatch(3);
        ImageBatches source = source();
        source.setPreProcessor(counting(made, enough));

        try (var prefetch = new Prefetch(source, 3)) {
            assertThat(enough.await(10, TimeUnit.SECONDS)).isTrue();
            awaitWaiting();
            assertThat(made).hasValue(3);

            prefetch.next();
            prefetch.next();
            while (made.get() < 5) {
                Thread.onSpinWait();
            }
            awaitWaiting();
            assertThat(made).hasValue(5);
        }
    }

    @Test
    void an_exception_of_the_source_comes_after_the_batches_before_it() {
        ImageBatches source = source();
        var made = new AtomicInteger();
        var fault = new IllegalStateException("the third batch is broken");
        source.setPreProcessor(batch -> {
            if (made.incrementAndGet() == 3) {
                throw fault;
            }
        });

        try (var prefetch = new Prefetch(source, 8)) {
            assertThat(prefetch.next().numExamples()).isEqualTo(2);
            assertThat(prefetch.next().numExamples()).isEqualTo(2);
            assertThatThrownBy(prefetch::hasNext).isSameAs(fault);
            assertThatThrownBy(prefetch::next).isSameAs(fault);
        }
    }

    @Test
    void an_error_of_the_source_reaches_a_consumer_that_waits() {
        ImageBatches source = source();
        source.setPreProcessor(batch -> {
            try {
                awaitConsumer();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            throw new OutOfMemoryError("off-heap");
        });

        try (var prefetch = new Prefetch(source, 2)) {
            consumer = Thread.currentThread();
            assertThatThrownBy(prefetch::next)
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessage("off-heap");
        }
    }

    private volatile Thread consumer;

    private void awaitConsumer() throws InterruptedException {
        while (consumer == null || consumer.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
    }

    @Test
    void closing_early_stops_the_thread() {
        var prefetch = new Prefetch(source(), 1);
        prefetch.next();
        assertThat(prefetchThreads()).hasSize(1).allMatch(Thread::isDaemon);

        prefetch.close();
        prefetch.close();

        assertThat(prefetchThreads()).isEmpty();
        assertThatThrownBy(prefetch::hasNext)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the prefetch is closed");
    }

    @Test
    void an_interrupted_consumer_stops_waiting() {
        ImageBatches source = source();
        var never = new CountDownLatch(1);
        source.setPreProcessor(batch -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("closed", e);
            }
        });
        try (var prefetch = new Prefetch(source, 1)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(prefetch::hasNext)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("interrupted while waiting for a batch");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void it_is_one_pass() {
        try (var prefetch = new Prefetch(source(), 1)) {
            assertThat(prefetch.resetSupported()).isFalse();
            assertThatThrownBy(prefetch::reset)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("a prefetch is one pass over its source: make another");
        }
    }

    /** Ten batches of two images. */
    private ImageBatches source() {
        ImageSet set = TestSets.of(folder, 3, 2, NAMES, TestSets.labels(5, 4, 11));
        return new ImageBatches(set, 2, InputForm.of(new ImageSize(3, 2)), new BatchOrder.Sequential());
    }

    private static DataSetPreProcessor counting(AtomicInteger made, CountDownLatch latch) {
        return (org.nd4j.linalg.dataset.api.DataSet batch) -> {
            made.incrementAndGet();
            latch.countDown();
        };
    }

    private static void awaitWaiting() throws InterruptedException {
        while (prefetchThreads().stream().anyMatch(thread -> thread.getState() != Thread.State.WAITING)) {
            Thread.sleep(1);
        }
    }

    private static List<Thread> prefetchThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("residual-prefetch"))
                .toList();
    }
}
