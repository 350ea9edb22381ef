package io.residual.evaluation.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DynamicBatcherTest {
    private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);

    /** Twice each input; the first batch waits for {@link #mayGoOn}. */
    private List<float[]> twice(List<float[]> inputs) {
        sizes.add(inputs.size());
        begun.countDown();
        try {
            mayGoOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return inputs.stream().map(input -> new float[] {2 * input[0]}).toList();
    }

    @Test
    void what_gathers_while_a_batch_is_computed_is_computed_together() throws InterruptedException {
        try (DynamicBatcher batches = new DynamicBatcher(this::twice, 8, 100)) {
            List<CompletableFuture<float[]>> results = new ArrayList<>();
            results.add(batches.submit(new float[] {0}));
            begun.await();
            for (int i = 1; i <= 13; i++) {
                results.add(batches.submit(new float[] {i}));
            }
            assertThat(batches.waiting()).isEqualTo(13);
            mayGoOn.countDown();

            for (int i = 0; i <= 13; i++) {
                assertThat(results.get(i).join()).containsExactly(2f * i);
            }
            assertThat(sizes).containsExactly(1, 8, 4, 1);
        }
    }

    @Test
    void a_full_queue_rejects_and_makes_those_wait_who_can() throws InterruptedException {
        try (DynamicBatcher batches = new DynamicBatcher(this::twice, 1, 2)) {
            List<CompletableFuture<float[]>> results = new ArrayList<>();
            results.add(batches.submit(new float[] {1}));
            begun.await();
            results.add(batches.submit(new float[] {2}));
            results.add(batches.submit(new float[] {3}));

            assertThatThrownBy(() -> batches.submit(new float[] {4}))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessage("2 images wait already: try again later");
            CompletableFuture<float[]> patient = CompletableFuture.supplyAsync(() -> {
                try {
                    return batches.submitWhenRoom(new float[] {5}).join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            mayGoOn.countDown();
            assertThat(patient.join()).containsExactly(10f);
            assertThat(results.get(2).join()).containsExactly(6f);
        }
    }

    @Test
    void closing_answers_what_waits_and_rejects_what_comes() throws InterruptedException {
        DynamicBatcher batches = new DynamicBatcher(this::twice, 4, 100);
        List<CompletableFuture<float[]>> results = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            results.add(batches.submit(new float[] {i}));
        }
        begun.await();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(batches::close);
        mayGoOn.countDown();
        closing.join();

        assertThat(results).allSatisfy(result -> assertThat(result).isCompleted());
        assertThatThrownBy(() -> batches.submit(new float[] {1}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the classifier is closed");
    }

    @Test
    void an_error_reaches_the_requests_of_its_batch_and_no_other() {
        try (DynamicBatcher batches = new DynamicBatcher(
                inputs -> {
                    if (inputs.get(0)[0] < 0) {
                        throw new IllegalArgumentException("below zero");
                    }
                    return inputs;
                },
                1,
                10)) {
            CompletableFuture<float[]> bad = batches.submit(new float[] {-1});
            CompletableFuture<float[]> good = batches.submit(new float[] {7});

            assertThatThrownBy(bad::join)
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage("below zero");
            assertThat(good.join()).containsExactly(7f);
        }
    }
}
