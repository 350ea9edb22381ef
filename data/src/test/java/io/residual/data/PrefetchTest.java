package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
            direct.add(source.next().images().sumNumber().floatValue());
        }

        List<Float> prefetched = new ArrayList<>();
        try (var prefetch = new Prefetch(source(), 2)) {
            while (prefetch.hasNext()) {
                prefetched.add(prefetch.next().images().sumNumber().floatValue());
            }
            assertThatThrownBy(prefetch::next).isInstanceOf(NoSuchElementException.class);
        }

        assertThat(prefetched).hasSize(10).isEqualTo(direct).doesNotHaveDuplicates();
    }

    @Test
    void no_more_batches_than_the_depth_are_made_ahead() throws InterruptedException {
        var made = new AtomicInteger();
        var enough = new CountDownLatch(3);
        Iterator<Batch> source = watched(source(), () -> {
            made.incrementAndGet();
            enough.countDown();
        });

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
        var made = new AtomicInteger();
        var fault = new IllegalStateException("the third batch is broken");
        Iterator<Batch> source = watched(source(), () -> {
            if (made.incrementAndGet() == 3) {
                throw fault;
            }
        });

        try (var prefetch = new Prefetch(source, 8)) {
            assertThat(prefetch.next().size()).isEqualTo(2);
            assertThat(prefetch.next().size()).isEqualTo(2);
            assertThatThrownBy(prefetch::hasNext).isSameAs(fault);
            assertThatThrownBy(prefetch::next).isSameAs(fault);
        }
    }

    @Test
    void an_error_of_the_source_reaches_a_consumer_that_waits() {
        Iterator<Batch> source = watched(source(), () -> {
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
        var never = new CountDownLatch(1);
        Iterator<Batch> source = watched(source(), () -> {
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

    /** Ten batches of two images. */
    private ImageBatches source() {
        ImageSet set = TestSets.of(folder, 3, 2, NAMES, TestSets.labels(5, 4, 11));
        return new ImageBatches(set, 2, InputForm.of(new ImageSize(3, 2)), new BatchOrder.Sequential());
    }

    /** The same batches, after something is done for each. */
    private static Iterator<Batch> watched(Iterator<Batch> source, Runnable each) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public Batch next() {
                Batch batch = source.next();
                each.run();
                return batch;
            }
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
