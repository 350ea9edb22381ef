package io.residual.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.loop.ScoreSum;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarConsumer;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final EpochMetrics METRICS = new EpochMetrics(2, 0.05, 0.41234, 0.85, 0.43, 0.8441, 312.44, 125.2);
    private static final String SUMMARY = "epoch 2/9: training loss 0.4123, accuracy 0.8500; validation loss 0.4300,"
            + " accuracy 0.8441; 312.4 images/s, 2 min 05 s";

    /** Of the second epoch. */
    private static final Position START = new Position(1, 0, 60, ScoreSum.NONE, 0);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void without_a_terminal_there_is_a_line_every_ten_seconds_at_most() {
        AtomicLong seconds = new AtomicLong(1000);
        Progress progress = new Progress(out, Optional.empty(), () -> seconds.get() * 1_000_000_000, 9);

        progress.epochStarted(START, 6000);
        for (int step = 1; step <= 27; step++) {
            seconds.addAndGet(1);
            progress.stepDone(at(100 * step, 100.0, 100 * step - 100), 100);
        }
        progress.epochDone(START, METRICS);

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "epoch 2/9: 1000 of 6000 images, loss 0.1000, accuracy 0.9000; 100.0 images/s, 50.0 s left",
                        "epoch 2/9: 2000 of 6000 images, loss 0.0500, accuracy 0.9500; 100.0 images/s, 40.0 s left",
                        SUMMARY);
    }

    @Test
    void on_a_terminal_the_bar_gives_way_to_the_line_of_the_epoch() {
        List<String> drawn = new CopyOnWriteArrayList<>();
        Progress progress = bar(new DelegatingProgressBarConsumer(drawn::add, 80));

        progress.epochStarted(START, 400);
        progress.stepDone(at(100, 225, 12), 100);
        progress.stepDone(at(160, 240, 40), 60);
        progress.epochDone(START, METRICS);
        progress.close();

        assertThat(drawn.get(drawn.size() - 1)).isBlank();
        assertThat(drawn.get(drawn.size() - 2))
                .startsWith("epoch 2/9  40% [")
                .contains("===")
                .contains("160/400 (0:00:0")
                .endsWith("/s loss 1.500 acc 0.250");
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(SUMMARY + System.lineSeparator());
    }

    @Test
    void a_bar_leaves_an_empty_line_to_write_on() {
        Progress progress = bar(new Progress.LastLine(out));

        progress.epochStarted(START, 400);
        progress.stepDone(at(100, 225, 12), 100);
        progress.close();
        progress.close();

        assertThat(bytes.toString(StandardCharsets.UTF_8)).matches("(\repoch 2/9 [^\r\n]*/400 [^\r\n]*)+\r+ +\r");
    }

    @Test
    void neither_uses_colours_nor_the_locale_of_the_machine() {
        Locale before = Locale.getDefault();
        List<String> drawn = new CopyOnWriteArrayList<>();
        try {
            Locale.setDefault(Locale.GERMANY);
            Progress progress = bar(new DelegatingProgressBarConsumer(drawn::add, 80));
            progress.epochStarted(Position.START, 4);
            progress.stepDone(at(2, 1, 1), 1);
            progress.epochDone(START, METRICS);
        } finally {
            Locale.setDefault(before);
        }
        assertThat(drawn).isNotEmpty().noneMatch(text -> text.contains("\u001b["));
        assertThat(drawn.get(drawn.size() - 2)).endsWith("/s loss 0.500 acc 0.500");
        assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith(SUMMARY);
    }

    @Test
    void a_terminal_is_interactive_if_someone_watches_it_and_it_can_rewrite_a_line() {
        Object console = new Object();

        assertThat(Terminal.of(console, Map.of("TERM", "xterm-256color"))).isEqualTo(Terminal.INTERACTIVE);
        assertThat(Terminal.of(console, Map.of("WT_SESSION", "1"))).isEqualTo(Terminal.INTERACTIVE);
        assertThat(Terminal.of(null, Map.of("TERM", "xterm-256color"))).isEqualTo(Terminal.PLAIN);
        assertThat(Terminal.of(console, Map.of("TERM", "dumb"))).isEqualTo(Terminal.PLAIN);
        assertThat(Terminal.of(console, Map.of())).isEqualTo(Terminal.PLAIN);
    }

    @Test
    void durations_are_as_short_as_they_can_be() {
        assertThat(List.of(0.04, 7.25, 59.9, 59.96, 125.2, 3599.6, 7384.0))
                .extracting(Progress::duration)
                .containsExactly("0.0 s", "7.3 s", "59.9 s", "1 min 00 s", "2 min 05 s", "1 h 00 min", "2 h 03 min");
    }

    private Progress bar(ProgressBarConsumer screen) {
        return new Progress(out, Optional.of(screen), System::nanoTime, 9);
    }

    /** Within the second epoch, after so many of its images. */
    private static Position at(long images, double lossSum, long hits) {
        return new Position(1, 1, 61, new ScoreSum(lossSum, hits, images), 1);
    }
}
