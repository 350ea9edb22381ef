package io.residual.training.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BatchGroupsTest {
    @Test
    void the_last_group_of_an_epoch_is_as_short_as_it_must_be() {
        BatchGroups groups = new BatchGroups(3, 20, 7);

        assertThat(LongStream.range(0, 14).filter(groups::endsAt)).containsExactly(2L, 5L, 6L, 9L, 12L, 13L);
        assertThat(LongStream.range(0, 14).map(groups::update))
                .containsExactly(0L, 0L, 0L, 1L, 1L, 1L, 2L, 3L, 3L, 3L, 4L, 4L, 4L, 5L);
        assertThat(LongStream.range(0, 9).map(groups::imagesBefore))
                .containsExactly(0L, 20L, 40L, 0L, 20L, 40L, 0L, 0L, 20L);
    }
}
