package io.residual.training.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.forecast.Forecast.Extent;
import io.residual.training.forecast.MemoryFit.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** The arithmetic, on measurements that were made by hand. */
class ForecastTest {
    private static final long MEGA = 1_000_000;

    /** A training that takes 300 MB and 2 MB for each image, and 450 MB to validate. */
    private static Optional<Point> linear(int batch) {
        long training = (300 + 2L * batch) * MEGA;
        return Optional.of(new Point(batch, training, Math.max(training, 450 * MEGA)));
    }

    private static IntFunction<Optional<Point>> recorded(List<Integer> batches) {
        return batch -> {
            batches.add(batch);
            return linear(batch);
        };
    }

    @Test
    void time_is_that_of_the_steps_after_the_warm_up_with_validation_saving_and_the_warm_up_once() {
        // 6 of 10 s are warm-up: 6 s for the first step, then 0.5 s each.
        List<Double> steps = new ArrayList<>(List.of(6.0));
        for (int i = 0; i < 8; i++) {
            steps.add(0.5);
        }
        Measured measured = new Measured(steps, 100, 0.001, 0.25, 10 * MEGA, 20 * MEGA, OptionalLong.of(77));
        Forecast forecast = Forecast.of(measured, new Extent(3, 1050, 1, 2000, 5));

        assertThat(measured.steady()).hasSize(8).containsOnly(0.5);
        // 10.5 steps of half a second, and 2,000 images to validate.
        assertThat(forecast.epochSeconds()).isCloseTo(10.5 * 0.5 + 2, within(1e-9));
        assertThat(forecast.totalSeconds()).isCloseTo(3 * (10.5 * 0.5 + 2 + 0.25) + 5.5, within(1e-9));
        assertThat(forecast.imagesPerSecond()).isCloseTo(200, within(1e-9));
        assertThat(Forecast.of(measured, new Extent(3, 1050, 0.6, 2000, 5)).totalSeconds())
                .as("images that grow have 0.6 of the pixels")
                .isCloseTo(3 * (0.6 * 10.5 * 0.5 + 2 + 0.25) + 5.5, within(1e-9));
        assertThat(forecast.diskBytes()).isEqualTo((3 * 10 + 5 * 20) * MEGA);
        assertThat(forecast.peakBytes()).hasValue(77);
    }

    @Test
    void steps_that_vary_give_a_range() {
        List<Double> steps = List.of(4.0, 4.0, 4.0, 2.0, 1.0, 3.0, 1.0, 1.0);
        Measured measured = new Measured(steps, 10, 0, 0, 0, 0, OptionalLong.empty());
        // The first 12 of 20 s are the warm-up: 2, 1, 3, 1, 1 are left, sorted 1, 1, 1, 2, 3.
        Forecast forecast = Forecast.of(measured, new Extent(1, 100, 1, 0, 1));
        assertThat(forecast.fastEpochSeconds()).isCloseTo(10, within(1e-9));
        assertThat(forecast.epochSeconds()).isCloseTo(16, within(1e-9));
        assertThat(forecast.slowEpochSeconds()).isCloseTo(20, within(1e-9));
        assertThatThrownBy(() -> new Measured(List.of(), 10, 0, 0, 0, 0, OptionalLong.empty()))
                .hasMessageContaining("at least one step");
    }

    @Test
    void the_largest_batch_within_a_limit_lies_on_the_line_of_the_last_two_measurements() {
        List<Integer> batches = new ArrayList<>();
        // 1.2 x (300 + 2 x batch) MB <= 2,000 MB gives 683 images, as a multiple of 8: 680.
        MemoryFit fit = MemoryFit.find(2000 * MEGA, 50_000, recorded(batches));
        assertThat(fit.largest()).isEqualTo(680);
        assertThat(fit.fits()).isFalse();
        // 2,048 would not fit.
        assertThat(batches).containsExactly(8, 32, 128, 512);
    }

    @Test
    void a_batch_that_is_measured_and_fits_is_taken_as_it_is() {
        assertThat(MemoryFit.find(2000 * MEGA, 100, ForecastTest::linear))
                .isEqualTo(new MemoryFit(600 * MEGA, 100, true));
    }

    @Test
    void a_batch_that_does_not_fit_is_forecast_with_the_one_that_would() {
        MemoryFit fit = MemoryFit.find(1000 * MEGA, 1000, ForecastTest::linear);
        assertThat(fit.fits()).isFalse();
        assertThat(fit.bytes()).isEqualTo(Math.round(1.2 * 2300 * MEGA));
        assertThat(fit.largest()).isEqualTo(264);
    }

    @Test
    void growth_that_chance_could_explain_counts_as_the_most_that_chance_explains() {
        // 10 MB more for 24 images may be 64 MB.
        MemoryFit fit = MemoryFit.of(
                600 * MEGA, 1000, List.of(new Point(8, 400 * MEGA, 400 * MEGA), new Point(32, 410 * MEGA, 410 * MEGA)));
        // 410 MB + 64 MB / 24 for each image beyond 32 <= 500 MB: 65.75 images.
        assertThat(fit.largest()).isEqualTo(64);
    }

    @Test
    void too_little_memory_to_validate_fits_no_batch() {
        assertThat(MemoryFit.find(480 * MEGA, 1000, ForecastTest::linear).largest())
                .isZero();
        assertThat(MemoryFit.find(200 * MEGA, 1000, ForecastTest::linear).largest())
                .isZero();
    }

    @Test
    void a_process_that_ends_early_is_not_a_measurement() {
        MemoryFit fit = MemoryFit.find(100_000 * MEGA, 1000, batch -> batch > 100 ? Optional.empty() : linear(batch));
        assertThat(fit.fits()).isFalse();
        assertThat(fit.largest()).isEqualTo(32);
        assertThatThrownBy(() -> MemoryFit.find(MEGA, 1000, batch -> Optional.empty()))
                .isInstanceOf(ResidualException.class)
                .hasMessage("a process that trains with batches of 4 ended before it had: is memory short?")
                .extracting(e -> ((ResidualException) e).kind())
                .isEqualTo(Kind.OUT_OF_MEMORY);
    }

    @Test
    void the_memory_of_a_process_is_read_from_linux_s_lines() {
        List<String> status = List.of("Name:\tjava", "VmHWM:\t  513280 kB", "VmRSS:\t  401000 kB");
        assertThat(ProcessMemory.find(status, "VmHWM")).hasValue(513_280L * 1024);
        assertThat(ProcessMemory.find(status, "VmSwap")).isEmpty();
        assertThat(ProcessMemory.find(List.of("VmHWM: x kB"), "VmHWM")).isEmpty();
    }
}
