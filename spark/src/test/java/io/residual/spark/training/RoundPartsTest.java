package io.residual.spark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.spark.training.Round.Exchange;
import io.residual.spark.training.RoundParts.Assignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A round of three parts, whose workers are numbers. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class RoundPartsTest {
    private static final Round ROUND = new Round(Exchange.GRADIENTS, 1, 2, 7, 1, 3);

    private final RoundParts parts = new RoundParts();
    /** "WORKER:PART" of each answer. */
    private final List<String> answers = new ArrayList<>();

    private Consumer<Assignment> of(long worker) {
        return assignment -> answers.add(worker + ":" + assignment.part());
    }

    private static WorkerResult result(float value) {
        return new WorkerResult(new float[] {value}, new double[] {0.5}, new long[] {1}, new int[] {2});
    }

    /** Starts the round, which is known to wait when a worker that is ready has a part. */
    private CompletableFuture<List<WorkerResult>> start() throws Exception {
        parts.ready(1, of(1));
        CompletableFuture<List<WorkerResult>> round =
                CompletableFuture.supplyAsync(() -> parts.take(ROUND, new float[] {3, 4}));
        while (!hasAnswer("1:0")) {
            Thread.sleep(1);
        }
        return round;
    }

    private boolean hasAnswer(String answer) {
        synchronized (parts) {
            return answers.contains(answer);
        }
    }

    @Test
    void one_worker_makes_all_parts_and_their_results_are_in_order() throws Exception {
        CompletableFuture<List<WorkerResult>> round = start();
        for (int part = 0; part < 3; part++) {
            parts.done(7, part, result(part));
            parts.ready(1, of(1));
        }

        assertThat(round.get()).extracting(result -> result.values()[0]).containsExactly(0f, 1f, 2f);
        assertThat(answers).containsExactly("1:0", "1:1", "1:2");
        assertThat(parts.complete()).isEqualTo(1);
    }

    @Test
    void what_a_lost_worker_had_goes_to_one_that_waits_and_it_gets_nothing_more() throws Exception {
        CompletableFuture<List<WorkerResult>> round = start();
        parts.ready(2, of(2));
        parts.ready(3, of(3));
        parts.done(7, 1, result(1));
        parts.ready(2, of(2));

        parts.lost(1);
        parts.ready(1, of(1));

        assertThat(answers).containsExactly("1:0", "2:1", "3:2", "2:0");
        parts.done(7, 0, result(0));
        parts.done(7, 2, result(2));
        assertThat(round.get()).hasSize(3);
    }

    @Test
    void the_result_of_another_round_and_a_second_one_of_a_part_do_not_count() throws Exception {
        CompletableFuture<List<WorkerResult>> round = start();
        parts.done(6, 0, result(-1));
        parts.done(7, 0, result(0));
        parts.done(7, 0, result(-1));
        parts.done(7, 1, result(1));

        assertThat(round).isNotDone();
        parts.done(7, 2, result(2));
        assertThat(round.get()).extracting(result -> result.values()[0]).containsExactly(0f, 1f, 2f);
    }

    @Test
    void a_round_without_workers_ends_with_their_error() throws Exception {
        CompletableFuture<List<WorkerResult>> round = start();

        parts.fail(new ResidualException(Kind.NO_BACKEND, "no oneDNN"));

        assertThatThrownBy(round::get)
                .cause()
                .isInstanceOfSatisfying(
                        ResidualException.class,
                        error -> assertThat(error.kind()).isEqualTo(Kind.NO_BACKEND))
                .hasMessage("no oneDNN");
    }

    @Test
    void workers_end_when_the_run_is_over() {
        parts.ready(4, of(4));
        parts.close();
        parts.ready(5, of(5));

        assertThat(answers).containsExactly("4:-1", "5:-1");
    }

    @Test
    void what_travels_arrives() {
        Round.Start start = Round.Start.of(ROUND.toBytes(new float[] {1.5f, -0f, Float.NaN}));
        assertThat(start.round()).isEqualTo(ROUND);
        assertThat(start.values()).containsExactly(1.5f, -0f, Float.NaN);

        WorkerResult result = new WorkerResult(
                new float[] {1e-42f}, new double[] {0.25, 1e300}, new long[] {1, 1L << 40}, new int[] {3, 4});
        WorkerMessage message = WorkerMessage.of(
                new WorkerMessage(1L << 33, Optional.of(new WorkerMessage.Done(7, 2, result))).toBytes());
        assertThat(message)
                .usingRecursiveComparison()
                .isEqualTo(new WorkerMessage(1L << 33, Optional.of(new WorkerMessage.Done(7, 2, result))));
        assertThat(WorkerMessage.of(new WorkerMessage(9, Optional.empty()).toBytes()))
                .isEqualTo(new WorkerMessage(9, Optional.empty()));
    }
}
