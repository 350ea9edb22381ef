package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.idx.FashionMnist;
import io.residual.data.idx.IdxSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleTest {
    @Test
    void the_sample_is_2_000_training_and_500_test_images() {
        DataSource sample = IdxSource.sample();

        assertThat(sample.origin().kind()).isEqualTo(Origin.Kind.SAMPLE);
        assertThat(sample.origin().describe()).isEqualTo("the built-in sample, io.residual.data.sample");
        ImageSet training = sample.wholeTraining();
        assertThat(training.size()).isEqualTo(2000);
        assertThat(training.height()).isEqualTo(28);
        assertThat(training.width()).isEqualTo(28);
        assertThat(training.classNames()).isEqualTo(FashionMnist.CLASS_NAMES);
        ImageSet test = sample.open(Split.TEST, 1);
        assertThat(test.size()).isEqualTo(500);
        for (ImageSet set : List.of(training, test)) {
            assertThat(IntStream.of(set.classCounts()).min().orElse(0)).isPositive();
        }
        assertThat(sample.open(Split.TRAIN, 1).size()
                        + sample.open(Split.VALIDATION, 1).size())
                .isEqualTo(2000);
    }
}
