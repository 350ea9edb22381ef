package io.residual.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.data.picture.PictureException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DecodingBudgetTest {
    private final DecodingBudget budget = new DecodingBudget(10_000_000);

    @Test
    void what_does_not_fit_now_is_not_reserved_but_fits_when_others_have_given_back() throws Exception {
        DecodingBudget.Lease first = budget.reserve(6_000_000);

        assertThat(budget.tryReserve(6_000_000)).isEmpty();
        assertThat(budget.tryReserve(6_000_000, Duration.ofMillis(20))).isEmpty();
        first.close();
        first.close();
        assertThat(budget.available()).isBetween(10_000_000L, 10_001_024L);
        assertThat(budget.tryReserve(6_000_000, Duration.ofMillis(20))).isPresent();
    }

    @Test
    void a_thread_that_reserves_more_than_is_free_waits_until_it_is() throws Exception {
        DecodingBudget.Lease first = budget.reserve(6_000_000);
        CompletableFuture<Long> second = CompletableFuture.supplyAsync(() -> {
            try (DecodingBudget.Lease lease = budget.reserve(6_000_000)) {
                assertThat(lease).isNotNull();
                return budget.available();
            } catch (PictureException e) {
                throw new IllegalStateException(e);
            }
        });

        Thread.sleep(20);
        assertThat(second).isNotDone();
        first.close();
        assertThat(second.get(10, TimeUnit.SECONDS)).isBetween(3_998_000L, 4_002_000L);
    }

    @Test
    void what_never_fits_is_refused_with_the_heap_that_it_takes() {
        assertThatThrownBy(() -> budget.reserve(1_200_000_000))
                .isInstanceOfSatisfying(
                        PictureException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT))
                .hasMessage("takes 1,200 MB of memory to decode, and 10 MB are for that: reduce the picture, or give a"
                        + " larger heap (RESIDUAL_JAVA_OPTS=-Xmx4g)");
        assertThat(budget.available()).isGreaterThanOrEqualTo(10_000_000);
    }
}
