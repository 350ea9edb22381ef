package io.residual.training.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.Family;
import io.residual.core.Flavour;
import io.residual.core.ResNetSpec;
import io.residual.core.Shortcuts;
import io.residual.training.config.DataChoice.Directory;
import io.residual.training.config.NetworkSpec.Freeze;
import io.residual.training.config.NetworkSpec.StartSpec;
import io.residual.training.config.Setting.Topic;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SettingsTest {
    /** Of components that are not called as their setting is in files. */
    private static final Map<String, String> NAMES = Map.of("source", "data", "layerwiseRateDecay", "rateFactor");

    @Test
    void every_part_of_a_spec_has_a_setting_of_its_name() {
        List<String> components = settings(TrainingSpec.class)
                .map(name -> NAMES.getOrDefault(name, name))
                .toList();

        assertThat(Settings.all()).extracting(Setting::name).containsExactlyElementsOf(components);
    }

    /** Components of a record and, in place of those that are parts of a spec, theirs. */
    private static Stream<String> settings(Class<?> record) {
        return Arrays.stream(record.getRecordComponents())
                .flatMap(component -> component.getType().getSimpleName().matches(".*Spec|ArchitectureOptions")
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
        assertThat(TrainingSpec.SETTINGS.from(values(spec))).isEqualTo(spec);
    }

    private static Map<String, Object> values(TrainingSpec spec) {
        return Settings.all().stream().collect(Collectors.toMap(Setting::name, s -> s.parse(s.text(spec))));
    }

    @Test
    void parts_of_a_recipe_that_do_not_fit_together_are_reported() {
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
        assertThat(Map.of("mixup", "0.2", "cutmix", "1", "sampler", "balanced"))
                .allSatisfy((name, text) -> assertThatThrownBy(
                                () -> Preset.resolve("quick", Map.of(name, text, "skipLearnt", "0.5")))
                        .message()
                        .isIn(
                                "preset quick: skipLearnt 0.5 with mixup or cutmix: whether an image is learnt does not"
                                        + " show in a mixture: use one of them",
                                "preset quick: skipLearnt 0.5 and sampler balanced both choose the images of an epoch:"
                                        + " use one of them"));
        assertThat(List.of("0", "3,3", "7,3", "3,", "3, 7", ""))
                .allSatisfy(text -> assertThatThrownBy(() -> Preset.resolve("quick", Map.of("milestones", text)))
                        .hasMessage(
                                "milestones: expected rising epochs such as 100,150, or none, got \"" + text + "\""));
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
                .hasMessage("depth must be one of [18, 34, 50, 101, 152], got 20");
        assertThatThrownBy(() -> network(Family.CIFAR, 21, 1, Optional.empty()))
                .hasMessage("depth must be 6n + 2, got 21: the nearest are 20 and 26");
        assertThatThrownBy(() -> network(Family.CIFAR, 20, 2, Optional.empty()))
                .hasMessage("widening 2 is for family wide: leave it at 1");
        assertThatThrownBy(() -> network(Family.WIDE, 16, 2, Optional.of(Freeze.STAGE4)))
                .hasMessage("freezeUpTo stage4: networks of family wide have 3 stages");
        assertThatThrownBy(() -> new StartChoice.Weights("resnet18.pth"))
                .hasMessage("\"resnet18.pth\" is no safetensors file");
        assertThatThrownBy(() -> new NetworkSpec(18, NetworkSpec.Variant.BOOK, 513, Shortcuts.NONE))
                .hasMessage("width: expected a whole number from 1 to 512, got \"513\"");
        assertThatThrownBy(() -> new DataSpec(DataChoice.Named.AUTO, 27))
                .hasMessage("imageSize: expected a whole number from 28 to 1024, got \"27\"");
        assertThatThrownBy(() -> new Directory("sample"))
                .hasMessage("\"sample\" is a source, not a directory: write ./sample");
    }

    private static NetworkSpec network(Family family, int depth, int widening, Optional<Freeze> freeze) {
        return new NetworkSpec(
                depth,
                NetworkSpec.Variant.TORCHVISION,
                16,
                Shortcuts.RESIDUAL,
                family,
                widening,
                ArchitectureOptions.PUBLISHED,
                new StartSpec(StartChoice.New.NONE, freeze));
    }

    @Test
    void the_book_s_networks_are_of_one_family() {
        assertThatThrownBy(() -> Preset.resolve("quick", Map.of("family", "cifar", "depth", "20")))
                .hasMessage(
                        "preset quick: flavour book has networks of family imagenet only: choose flavour torchvision");
    }

    @Test
    void every_network_of_the_family_can_be_asked_for() {
        TrainingSpec spec = Preset.resolve(
                        "quick",
                        Map.of(
                                "family", "wide",
                                "flavour", "torchvision",
                                "depth", "28",
                                "widening", "10",
                                "width", "16",
                                "stochasticDepth", "0.2",
                                "blockDropout", "0.3",
                                "startFrom", "some/wrn.safetensors",
                                "freezeUpTo", "stage1"))
                .spec();

        assertThat(spec.resNet(3, 10).parameters()).isBetween(36_400_000L, 36_600_000L);
        assertThat(spec.resNet(3, 10).stochasticDepth().lastDrop()).isEqualTo(0.2);
        assertThat(spec.resNet(3, 10).blockDropout()).isEqualTo(0.3);
        assertThat(TrainingSpec.SETTINGS.from(values(spec))).isEqualTo(spec);
    }

    @Test
    void a_design_may_differ_from_its_family_s() {
        ResNetSpec spec = Preset.resolve(
                        "quick",
                        Map.of(
                                "flavour", "torchvision",
                                "depth", "50",
                                "width", "64",
                                "stem", "deep",
                                "shortcutOption", "d",
                                "zeroInitResidual", "true"))
                .spec()
                .resNet(3, 1000);

        // timm's resnet50d.
        assertThat(spec.parameters()).isEqualTo(25_576_264);
        assertThat(spec.flavour().lastGamma()).isEqualTo(Flavour.LastGamma.ZERO);
    }

    @Test
    void networks_have_the_names_of_their_papers() {
        assertThat(Stream.of(
                        Map.of("depth", "34"),
                        Map.of("depth", "34", "shortcuts", "none"),
                        Map.of("depth", "50", "stem", "deep", "shortcutOption", "d"),
                        Map.of("family", "cifar", "depth", "20"),
                        Map.of("family", "cifar", "depth", "20", "shortcuts", "none"),
                        Map.of("family", "preactivation", "depth", "164"),
                        Map.of("family", "wide", "depth", "28", "widening", "10"),
                        Map.of("family", "wide", "depth", "16", "widening", "4", "shortcuts", "none")))
                .extracting(SettingsTest::title)
                .containsExactly(
                        "ResNet-34",
                        "PlainNet-34",
                        "ResNet-50-D",
                        "ResNet-20",
                        "PlainNet-20",
                        "PreActResNet-164",
                        "WRN-28-10",
                        "WRN-16-4 without shortcuts");
    }

    private static String title(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("flavour", "torchvision");
        return Preset.resolve("quick", all).spec().network().title();
    }

    @Test
    void a_setting_shows_its_value_in_a_spec() {
        TrainingSpec spec = Preset.named("book-224").spec();

        assertThat(Settings.all())
                .extracting(s -> s.text(spec))
                .startsWith(
                        "18",
                        "book",
                        "64",
                        "residual",
                        "imagenet",
                        "1",
                        "family",
                        "family",
                        "false",
                        "0.0",
                        "row",
                        "0.0",
                        "none")
                .containsSubsequence("none", "auto", "224")
                .containsSubsequence("10", "256", "0.05", "constant", "0.0", "none", "cosine", "sgd", "l2", "float32")
                .endsWith("1");
    }

    @Test
    void what_a_preset_omits_has_the_default_of_its_setting() {
        TrainingSpec spec = Preset.named("book-224").spec();

        assertThat(spec.data()).isEqualTo(new DataSpec(DataChoice.Named.AUTO, 224));
        assertThat(Settings.all())
                .filteredOn(s -> s.topic() == Topic.DATA || s.topic() == Topic.AUGMENTATION)
                .filteredOn(s -> s.defaultValue().isPresent())
                .extracting(s -> s.name() + " " + s.text(spec))
                .containsExactly(
                        "startImageSize 0",
                        "fullSizeAt 0.8",
                        "fit stretch",
                        "mean 0",
                        "std 1",
                        "colour auto",
                        "onCorruptImage fail",
                        "maxMegapixels 100",
                        "maxFileMegabytes 64",
                        "labelDecisions none",
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
