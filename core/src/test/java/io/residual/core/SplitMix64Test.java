package io.residual.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitMix64Test {
    @Test
    void it_is_the_published_generator() {
        // Vigna's splitmix64.c with the seed 1234567
        var random = new SplitMix64(1234567);
        assertThat(random.nextLong()).isEqualTo(6457827717110365317L);
        assertThat(random.nextLong()).isEqualTo(3203168211198807973L);
    }

    @Test
    void it_agrees_with_the_generator_of_the_library() {
        var expected = new SplittableRandom(-42);
        var random = new SplitMix64(-42);
        for (int i = 0; i < 1000; i++) {
            assertThat(random.nextLong()).isEqualTo(expected.nextLong());
        }
    }

    @Test
    void a_generator_of_its_state_draws_what_it_draws_next() {
        var random = new SplitMix64(1234567);
        assertThat(random.nextLong()).isPositive();

        assertThat(new SplitMix64(random.state()).nextLong()).isEqualTo(3203168211198807973L);
    }

    @Test
    void draws_below_a_bound_are_uniform() {
        var random = new SplitMix64(3);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++) {
            counts[random.below(7)]++;
        }
        double chiSquare = IntStream.of(counts)
                .mapToDouble(n -> (n - 10_000.0) * (n - 10_000.0) / 10_000.0)
                .sum();
        // six degrees of freedom: the 99.9 % point is 22.5
        assertThat(chiSquare).isLessThan(22.5);
    }

    @Test
    void shuffling_reaches_every_order_equally_often() {
        int[] counts = new int[6];
        for (int part = 0; part < 6000; part++) {
            int[] values = {0, 1, 2};
            SplitMix64.of(11, part).shuffle(values);
            counts[2 * values[0] + (values[1] > values[2] ? 1 : 0)]++;
        }
        double chiSquare = IntStream.of(counts)
                .mapToDouble(n -> (n - 1000.0) * (n - 1000.0) / 1000.0)
                .sum();
        // five degrees of freedom: the 99.9 % point is 20.5
        assertThat(chiSquare).isLessThan(20.5);
    }
}
