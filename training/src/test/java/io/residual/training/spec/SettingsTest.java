package io.residual.training.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.Shortcuts;
import io.residual.training.spec.DataChoice.Directory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void every_part_of_a_spec_has_a_setting_of_its_name() {
        List<String> components = settings(TrainingSpec.class)
                .map(name -> name.equals("source") ? "data" : name)
                .toList();

        assertThat(Settings.all()).extracting(Setting::name).containsExactlyElementsOf(components);
    }

    /** Components of a record and, in place of those that are parts of a spec, theirs. */
    private static Stream<String> settings(Class<?> record) {
        return Arrays.stream(record.getRecordComponents())
                .flatMap(component -> component.getType().getSimpleName().endsWith("Spec")
                        ? settings(component.getType())
                        : Stream.of(component.getName()));
    }

    @Test
    void a_recipe_is_written_and_read_as_it_is() {
        TrainingSpec spec = Preset.resolve(
                        "quick",
                        Map.of(
                                "schedule", "multi-step",
                                "milestones", "3,7",
                                "optimiser", "nesterov",
                                "momentum", "0.9",
                                "weightDecay", "5e-4",
                                "cutmix", "1",
                                "precision", "bf16"))
                .spec();

        assertThat(spec.optimisation().schedule().milestones()).isEqualTo(new Milestones(List.of(3, 7)));
        assertThat(Settings.build(texts(spec))).isEqualTo(spec);
    }

    private static Map<Setting<?>, String> texts(TrainingSpec spec) {
        return Settings.all().stream().collect(Collectors.toMap(s -> s, s -> s.text(spec)));
    }

    @Test
    void parts_of_a_recipe_that_do_not_go_together_are_told() {
        assertThat(Map.of(
                        "schedule", "multi-step",
                        "lowestRate", "0.5",
                        "warmupEpochs", "16",
                        "optimiser", "nesterov"))
                .allSatisfy((name, text) -> assertThatThrownBy(() -> Preset.resolve("quick", Map.of(name, text)))
                        .message()
                        .isIn(
                                "preset quick: schedule multi-step needs milestones, such as 100,150",
                                "preset quick: lowestRate 0.5 is above learningRate 0.01",
                                "preset quick: warmupEpochs 16.0 is more than epochs 15",
                                "preset quick: optimiser nesterov needs a momentum above 0, such as 0.9"));
        assertThat(List.of("0", "3,3", "7,3", "3,", "3, 7", ""))
                .allSatisfy(text -> assertThatThrownBy(() -> Preset.resolve("quick", Map.of("milestones", text)))
                        .hasMessage(
                                "--milestones: expected rising epochs such as 100,150, or none, got \"" + text + "\""));
    }

    @Test
    void options_are_the_names_in_kebab_case() {
        assertThat(Settings.all())
                .extracting(Setting::option)
                .contains("--depth", "--image-size", "--learning-rate", "--warmup-epochs", "--seed")
                .doesNotHaveDuplicates();
    }

    @Test
    void records_refuse_what_files_may_not_say() {
        assertThatThrownBy(() -> new OptimisationSpec(3, 8, Double.NaN))
                .hasMessage("learningRate: expected a number above 0, at most 10, got \"NaN\"");
        assertThatThrownBy(() -> new OptimisationSpec(3, 0, 0.1))
                .hasMessage("batchSize: expected a whole number from 1 to 65536, got \"0\"");
        assertThatThrownBy(() -> new OptimisationSpec(10_001, 8, 0.1))
                .hasMessage("epochs: expected a whole number from 1 to 10000, got \"10001\"");
        assertThatThrownBy(() -> new NetworkSpec(20, NetworkSpec.Variant.BOOK, 64, Shortcuts.NONE))
                .hasMessage("depth: expected 18 or 34, got \"20\"");
        assertThatThrownBy(() -> new NetworkSpec(18, NetworkSpec.Variant.BOOK, 513, Shortcuts.NONE))
                .hasMessage("width: expected a whole number from 1 to 512, got \"513\"");
        assertThatThrownBy(() -> new DataSpec(DataChoice.Named.AUTO, 27))
                .hasMessage("imageSize: expected a whole number from 28 to 1024, got \"27\"");
        assertThatThrownBy(() -> new Directory("sample"))
                .hasMessage("\"sample\" is a source, not a directory: write ./sample");
    }

    @Test
    void a_setting_tells_its_value_in_a_spec() {
        TrainingSpec spec = Preset.named("book-224").spec();

        assertThat(Settings.all())
                .extracting(s -> s.text(spec))
                .startsWith("18", "book", "64", "residual", "auto", "224")
                .containsSubsequence("10", "256", "0.05", "constant", "0.0", "none", "cosine", "sgd", "l2", "float32")
                .endsWith("1");
    }

    @Test
    void what_a_preset_leaves_out_has_the_default_of_its_setting() {
        TrainingSpec spec = Preset.named("book-224").spec();

        assertThat(spec.data()).isEqualTo(new DataSpec(DataChoice.Named.AUTO, 224));
        assertThat(DataSettings.all())
                .filteredOn(s -> s.otherwise().isPresent())
                .extracting(s -> s.name() + " " + s.text(spec))
                .containsExactly(
                        "fit stretch",
                        "mean 0",
                        "std 1",
                        "colour auto",
                        "onCorruptImage fail",
                        "outsideLinks refuse",
                        "crop 0",
                        "cropPadding zero",
                        "flip none",
                        "rotate 0.0",
                        "shift 0.0",
                        "randAugment 0",
                        "randAugmentMagnitude 9",
                        "erase 0.0",
                        "eraseFill zero");
    }

    @Test
    void names_are_suggested_when_little_is_wrong() {
        List<String> names = List.of("depth", "batchSize", "learningRate");

        assertThat(NearestName.of("learning_rate", names)).hasValue("learningRate");
        assertThat(NearestName.of("dept", names)).hasValue("depth");
        assertThat(NearestName.of("batchSzie", names)).hasValue("batchSize");
        assertThat(NearestName.of("momentum", names)).isEmpty();
        assertThat(NearestName.of("d".repeat(50_000), names)).isEmpty();
    }
}
