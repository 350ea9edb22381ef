package io.residual.tuning.trials;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.loop.EpochMetrics;
import io.residual.training.run.StrictJson;
import io.residual.tuning.search.TrialState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochTailTest {
    @TempDir
    Path run;

    private final List<Integer> seen = new ArrayList<>();

    private EpochTail tail(int known, TrialState afterEach) {
        return new EpochTail(new TrialExecutor.Job(run, 1, run, run, 4, known), epoch -> {
            seen.add(epoch.epoch());
            return afterEach;
        });
    }

    private static String lines(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(epoch -> StrictJson.line(new EpochMetrics(epoch, 0.1, 1.5, 0.25, 2.5, 0.5, 640, 3.25)) + "\n")
                .collect(Collectors.joining());
    }

    private Path file() {
        return run.resolve("metrics.jsonl");
    }

    private void append(String text) throws IOException {
        Files.writeString(file(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void the_listener_gets_each_epoch_once_when_its_line_is_complete() throws Exception {
        EpochTail tail = tail(0, TrialState.RUNNING);
        assertThat(tail.poll()).isEqualTo(TrialState.RUNNING);
        assertThat(tail.hasEpochs()).isFalse();

        append(lines(1, 2) + lines(3, 3).substring(0, 20));
        tail.poll();
        tail.poll();
        assertThat(seen).containsExactly(1, 2);

        append(lines(3, 3).substring(20) + lines(4, 4));
        assertThat(tail.poll()).isEqualTo(TrialState.RUNNING);
        assertThat(seen).containsExactly(1, 2, 3, 4);
        assertThat(tail.isComplete()).isTrue();
    }

    @Test
    void epochs_that_are_known_already_are_passed_over() throws Exception {
        append(lines(1, 3));
        tail(2, TrialState.RUNNING).poll();

        assertThat(seen).containsExactly(3);
    }

    @Test
    void a_run_that_its_listener_stops_hands_over_no_further_epoch() throws Exception {
        append(lines(1, 3));

        assertThat(tail(0, TrialState.PAUSED).poll()).isEqualTo(TrialState.PAUSED);
        assertThat(seen).containsExactly(1);
    }

    @Test
    void a_resumed_run_that_goes_back_repeats_no_epoch() throws Exception {
        EpochTail tail = tail(0, TrialState.RUNNING);
        append(lines(1, 2));
        tail.poll();

        Path shorter = Files.writeString(run.resolve("new"), lines(1, 1));
        Files.move(shorter, file(), StandardCopyOption.ATOMIC_MOVE);
        tail.poll();
        append(lines(2, 3));
        tail.poll();

        assertThat(seen).containsExactly(1, 2, 3);
    }

    @Test
    void a_damaged_line_hides_what_follows() throws Exception {
        append(lines(1, 1) + "{\"epoch\": 2}\n" + lines(3, 3));
        assertThat(tail(0, TrialState.RUNNING).poll()).isEqualTo(TrialState.RUNNING);

        assertThat(seen).containsExactly(1);
    }

    @Test
    void a_file_that_has_not_changed_is_not_read_again() throws Exception {
        EpochTail tail = tail(0, TrialState.RUNNING);
        append(lines(1, 1) + lines(3, 3));
        FileTime time = Files.getLastModifiedTime(file());
        tail.poll();

        Files.writeString(file(), lines(1, 2), StandardOpenOption.WRITE);
        Files.setLastModifiedTime(file(), time);
        tail.poll();
        assertThat(seen).as("the same size, time and file").containsExactly(1);

        Files.setLastModifiedTime(file(), FileTime.fromMillis(time.toMillis() + 1000));
        tail.poll();
        assertThat(seen).containsExactly(1, 2);
    }
}
