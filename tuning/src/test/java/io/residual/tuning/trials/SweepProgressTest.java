package io.residual.tuning.trials;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.tuning.search.TrialState;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepProgressTest {
    @TempDir
    Path directory;

    @Test
    void the_progress_after_each_change_is_that_of_all_trials() {
        AtomicInteger changes = new AtomicInteger();
        try (SweepHandle sweep = SweepHandle.create(directory, "a.yaml", """
            overrides: {epochs: 9}
            space: {width: {integer: [4, 32]}}
            pruner: asha
            budget: {trials: 20}
            """, UnaryOperator.identity())) {
            sweep.run(2, new SweepHandleTest.Curves(), (changed, progress) -> {
                Ranking ranking = new Ranking(sweep.sweep().objectives(), sweep.trials());
                for (TrialState state : TrialState.values()) {
                    assertThat((long) progress.states().getOrDefault(state, 0)).isEqualTo(ranking.count(state));
                }
                assertThat(progress.best().map(Trial::number))
                        .isEqualTo(ranking.best().map(Trial::number));
                assertThat(progress.trainedEpochs())
                        .isEqualTo(sweep.trials().stream()
                                .mapToInt(Trial::trainedEpochs)
                                .sum());
                changes.incrementAndGet();
            });
        }
        assertThat(changes).hasValueGreaterThan(40);
    }
}
