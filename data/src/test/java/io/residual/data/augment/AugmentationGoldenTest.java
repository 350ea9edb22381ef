package io.residual.data.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.SplitMix64;
import io.residual.data.augment.RandomCrop.Padding;
import io.residual.data.augment.RandomErasing.Box;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every change with nothing left to chance, against torchvision 0.14.1 on Pillow 9.4.0. */
class AugmentationGoldenTest {
    private static GoldenImages golden;

    @BeforeAll
    static void read() throws Exception {
        golden = GoldenImages.read();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shirt", "noise"})
    void crops_are_torchvision_s_to_the_bit(String image) throws Exception {
        List<String> names = golden.names(image + "/crop/");
        assertThat(names).hasSize(10);
        for (String name : names) {
            String[] parts = name.split("/", -1);
            Planes planes = golden.image(image);

            new RandomCrop(4, Padding.valueOf(parts[2].toUpperCase(Locale.ROOT)))
                    .cut(planes, Integer.parseInt(parts[3]), Integer.parseInt(parts[4]));

            assertSame(name, planes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shirt", "noise"})
    void a_flip_is_torchvision_s_to_the_bit(String image) throws Exception {
        Planes planes = golden.image(image);

        HorizontalFlip.flip(planes);

        assertThat(planes.values()).isEqualTo(golden.bytes(image + "/flip")).isNotEqualTo(golden.bytes(image));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shirt", "noise"})
    void an_erased_box_is_torchvision_s_to_the_bit(String image) throws Exception {
        List<String> names = golden.names(image + "/erase/");
        assertThat(names).hasSize(3);
        for (String name : names) {
            String[] parts = name.split("/", -1);
            Planes planes = golden.image(image);
            Box box = new Box(
                    Integer.parseInt(parts[2]),
                    Integer.parseInt(parts[3]),
                    Integer.parseInt(parts[4]),
                    Integer.parseInt(parts[5]));

            new RandomErasing(1, RandomErasing.Fill.ZERO).erase(planes, box, new SplitMix64(1));

            assertSame(name, planes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shirt", "noise"})
    void turns_shifts_and_shears_are_torchvision_s_to_the_bit(String image) throws Exception {
        List<String> names = golden.names(image + "/affine/");
        assertThat(names).hasSize(5);
        for (String name : names) {
            String[] parts = name.split("/", -1);
            Planes planes = golden.image(image);

            AffineMap.of(
                            planes.width() * 0.5,
                            planes.height() * 0.5,
                            Double.parseDouble(parts[2]),
                            Integer.parseInt(parts[3]),
                            Integer.parseInt(parts[4]),
                            Double.parseDouble(parts[5]),
                            Double.parseDouble(parts[6]))
                    .apply(planes);

            assertSame(name, planes);
        }
    }

    /**
     * To the bit, but for shears and turns: their angles come out of other roundings (PyTorch's ranges, Pillow's 15 digits), and
     * a level that is all but whole is then cut off to the one below.
     */
    @ParameterizedTest
    @EnumSource(Operation.class)
    void operations_of_rand_augment_are_torchvision_s(Operation operation) throws Exception {
        int different = 0;
        for (String image : List.of("shirt", "noise")) {
            List<String> names = golden.names(image + "/op/" + torchvisionName(operation) + "/");
            assertThat(names).hasSize(operation.isSigned() ? 6 : 3);
            for (String name : names) {
                String[] parts = name.split("/", -1);
                Planes planes = golden.image(image);
                double strength = operation.strength(Integer.parseInt(parts[3]) / 30.0, planes);

                operation.apply(planes, Integer.parseInt(parts[4]) * strength);

                different += neighbours(name, planes);
            }
        }
        boolean angled = EnumSet.of(Operation.SHEAR_X, Operation.SHEAR_Y, Operation.ROTATE)
                .contains(operation);
        assertThat(different).isLessThanOrEqualTo(angled ? 6 * (784 + 3 * 589) / 100 : 0);
    }

    /** How many pixels are one level apart; none may be more. */
    private static int neighbours(String name, Planes planes) throws Exception {
        byte[] expected = golden.bytes(name);
        int count = 0;
        for (int i = 0; i < expected.length; i++) {
            int apart = Math.abs((planes.values()[i] & 0xff) - (expected[i] & 0xff));
            assertThat(apart).as("level %d of %s", i, name).isLessThanOrEqualTo(1);
            count += apart;
        }
        return count;
    }

    private static void assertSame(String name, Planes planes) throws Exception {
        assertThat(Arrays.mismatch(planes.values(), golden.bytes(name)))
                .as("the first pixel that differs from %s", name)
                .isEqualTo(-1);
    }

    private static String torchvisionName(Operation operation) {
        StringBuilder name = new StringBuilder();
        for (String word : operation.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
