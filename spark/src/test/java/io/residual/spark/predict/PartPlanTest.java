package io.residual.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.spark.predict.FilePart.ImageFile;
import io.residual.spark.predict.ParquetPart.RowRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartPlanTest {
    private final PartPlan plan = new PartPlan();

    private static IdxPart idx(int pixels, int rows) {
        return new IdxPart("a", "file:/a", 1, pixels, 0, rows);
    }

    private List<Long> images() {
        return plan.parts().stream().map(ImagePart::images).toList();
    }

    @Test
    void a_part_of_a_table_has_500_images_and_more_if_they_are_small() {
        plan.add(idx(224 * 224, 1_100));
        plan.add(idx(28 * 28, 6_000));
        plan.add(idx(1, 45_000));

        assertThat(images()).containsExactly(500L, 500L, 100L, 2_674L, 2_674L, 652L, 20_000L, 20_000L, 5_000L);
    }

    @Test
    void row_groups_are_joined_up_to_500_rows_or_2_mebibytes() {
        ImageColumns columns = new ImageColumns("", List.of("image"), List.of());
        for (int group = 0; group < 6; group++) {
            plan.add(new ParquetPart(
                    "a",
                    "file:/a",
                    columns,
                    new RowRange(400L * group, 400, group * 900_000L, (group + 1) * 900_000L)));
        }

        assertThat(images()).containsExactly(800L, 800L, 800L);
    }

    @Test
    void files_are_500_to_a_part_however_small_since_each_is_opened() {
        for (int i = 0; i < 1_001; i++) {
            plan.add(new ImageFile("a", "file:/a", 1));
        }

        assertThat(images()).containsExactly(500L, 500L, 1L);
    }

    @Test
    void many_images_make_a_thousand_parts() {
        plan.add(idx(28 * 28, 10_000_000));

        assertThat(images()).hasSize(1_000).containsOnly(10_000L);
    }
}
