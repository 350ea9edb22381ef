package io.residual.training.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrowthSpecTest {
    private static TrainingSpec spec(String... settings) {
        Map<String, String> given = new HashMap<>();
        for (String setting : settings) {
            given.put(setting.replaceFirst("=.*", ""), setting.replaceFirst(".*=", ""));
        }
        return Preset.resolve("speedrun", given).spec();
    }

    private static List<Integer> sides(TrainingSpec spec) {
        return IntStream.range(0, spec.optimisation().epochs())
                .mapToObj(epoch -> spec.trainingSize(epoch).height())
                .toList();
    }

    @Test
    void sides_rise_linearly_to_the_nearest_even_number_and_are_full_from_the_share_on() {
        // 14 + 14 * epoch / 8 = 14, 15.75, 17.5, 19.25, 21, 22.75, 24.5, 26.25; a tie goes to the multiple of 4.
        assertThat(sides(spec("startImageSize=14", "epochs=10")))
                .containsExactly(14, 16, 18, 20, 20, 22, 24, 26, 28, 28);
        assertThat(sides(spec("startImageSize=14", "epochs=10", "fullSizeAt=0.5")))
                .containsExactly(14, 16, 20, 22, 26, 28, 28, 28, 28, 28);
        assertThat(sides(spec("startImageSize=8", "epochs=4", "imageSize=33"))).containsExactly(8, 16, 24, 33);
    }

    @Test
    void the_last_epoch_has_the_full_size_also_in_a_short_run() {
        assertThat(sides(spec("startImageSize=14", "epochs=3", "fullSizeAt=1"))).containsExactly(14, 20, 28);
        assertThat(sides(spec("startImageSize=14", "epochs=1"))).containsExactly(28);
    }

    @Test
    void without_a_start_all_epochs_have_the_full_size() {
        assertThat(sides(spec("epochs=3"))).containsExactly(28, 28, 28);
        assertThat(sides(spec("epochs=3", "startImageSize=14").withoutGrowth())).containsExactly(28, 28, 28);
        assertThat(spec("startImageSize=14").withoutGrowth()).isEqualTo(spec());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "startImageSize=7 | preset speedrun: startImageSize 7 is too small: use 8 pixels or more, or 0 for"
                        + " images that do not grow",
                "startImageSize=30 | preset speedrun: startImageSize 30 is above imageSize 28: training images grow to"
                        + " that, so start with smaller ones",
                "startImageSize=-1 | startImageSize: expected a whole number from 0 to 1024, got \"-1\"",
                "fullSizeAt=0 | fullSizeAt: expected a number above 0, at most 1, got \"0\"",
            })
    void sizes_that_do_not_grow_are_refused(String setting, String message) {
        assertThatThrownBy(() -> spec(setting)).hasMessage(message);
    }

    @Test
    void one_small_image_is_too_few_for_batch_norm_even_if_it_grows() {
        assertThatThrownBy(() -> spec("batchSize=1", "startImageSize=8", "imageSize=96"))
                .hasMessage(
                        "preset speedrun: batchSize 1 and startImageSize 8 leave batch norm a single value per channel:"
                                + " use a larger batch, or images above 32 pixels");
    }

    @Test
    void a_spec_with_growth_is_written_and_read_as_it_is(@TempDir Path folder) throws Exception {
        TrainingSpec spec = spec("startImageSize=14", "fullSizeAt=0.6");
        Path file = Files.writeString(folder.resolve("spec.yaml"), SpecFile.write(spec));

        assertThat(Preset.resolve(file.toString(), Map.of()).spec()).isEqualTo(spec);
    }
}
