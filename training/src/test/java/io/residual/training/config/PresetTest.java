package io.residual.training.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.Shortcuts;
import io.residual.training.config.DataChoice.Directory;
import io.residual.training.config.DataChoice.Named;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PresetTest {
    private static final String WHOLE = """
            # mine
            depth: 34
            flavour: torchvision
            width: 24
            shortcuts: none
            data: pictures/of shoes
            imageSize: 40
            epochs: 3
            batchSize: 20
            learningRate: 1e-3
            seed: -9223372036854775808
            """;

    @TempDir
    Path directory;

    @Test
    void the_96_pixel_preset_is_the_books_run() {
        TrainingSpec spec = Preset.named("book-96").spec();

        assertThat(spec)
                .isEqualTo(new TrainingSpec(
                        new NetworkSpec(18, NetworkSpec.Variant.BOOK, 64, Shortcuts.RESIDUAL),
                        new DataSpec(Named.AUTO, 96),
                        new OptimisationSpec(10, 256, 0.05),
                        1));
        assertThat(spec.resNet(1, 10).parameters()).isEqualTo(11_178_378);
    }

    @Test
    void the_224_pixel_preset_differs_from_it_in_the_image_size_alone() {
        TrainingSpec small = Preset.named("book-96").spec();

        assertThat(Preset.named("book-224").spec())
                .isEqualTo(new TrainingSpec(
                        small.network(), new DataSpec(Named.AUTO, 224), small.optimisation(), small.seed()));
    }

    @Test
    void the_built_in_presets_are_the_resources_and_each_can_be_read() throws Exception {
        URI folder = Objects.requireNonNull(Preset.class.getResource("/io/residual/training/presets"))
                .toURI();
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            Preset.builtIn().stream().map(n -> n + ".yaml").toList());
        }
        assertThat(Preset.builtIn())
                .allSatisfy(name -> assertThat(Preset.named(name).name()).isEqualTo(name));
    }

    @Test
    void a_file_gives_the_spec_it_spells_out() throws IOException {
        Preset preset = Preset.resolve(file("my run.yaml", WHOLE), Map.of());

        assertThat(preset.name()).isEqualTo("my-run");
        assertThat(preset.spec())
                .isEqualTo(new TrainingSpec(
                        new NetworkSpec(34, NetworkSpec.Variant.TORCHVISION, 24, Shortcuts.NONE),
                        new DataSpec(new Directory("pictures/of shoes"), 40),
                        new OptimisationSpec(3, 20, 0.001),
                        Long.MIN_VALUE));
    }

    @Test
    void the_network_of_a_file_has_its_flavour_width_size_and_shortcuts() throws IOException {
        TrainingSpec spec = Preset.resolve(file("mine.yml", WHOLE), Map.of()).spec();

        assertThat(spec.resNet(3, 7)).satisfies(net -> {
            assertThat(net.input()).isEqualTo(new ImageShape(3, 40, 40));
            assertThat(net.flavour()).isEqualTo(Flavour.TORCHVISION);
            assertThat(net.shortcuts()).isEqualTo(Shortcuts.NONE);
            assertThat(net.stem().channels()).isEqualTo(24);
            assertThat(net.features()).isEqualTo(192);
            assertThat(net.stages()).extracting(s -> s.blocks()).containsExactly(3, 4, 6, 3);
            assertThat(net.classes()).isEqualTo(7);
        });
    }

    @Test
    void overrides_win_over_the_preset() {
        TrainingSpec spec = Preset.resolve("book-96", Map.of("learningRate", "0.2", "data", "sample", "depth", "34"))
                .spec();

        assertThat(spec.optimisation()).isEqualTo(new OptimisationSpec(10, 256, 0.2));
        assertThat(spec.data()).isEqualTo(new DataSpec(Named.SAMPLE, 96));
        assertThat(spec.network().depth()).isEqualTo(34);
    }

    @Test
    void all_errors_of_file_and_options_are_reported_at_once() throws IOException {
        String file = file("bad.yaml", """
                depth: 5
                flavor: book
                width: sixty-four
                shortcuts: [none]
                data: sample
                imageSize: 28.5
                epochs: 0
                width: 3
                learningRate: .nan
                polish: red
                """);

        assertThatThrownBy(() -> Preset.resolve(file, Map.of("seed", "0x10", "epochs", "-2")))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_SETTING))
                .message()
                .isEqualTo(String.join(
                        "\n",
                        file + ":1: depth: expected a whole number from 8 to 2000, got \"5\"",
                        file + ":2: unknown setting \"flavor\": did you mean flavour?",
                        file + ":3: width: expected a whole number from 1 to 512, got \"sixty-four\"",
                        file + ":4: shortcuts: expected a single value, got a list",
                        file + ":6: imageSize: expected a whole number from 28 to 1024, got \"28.5\"",
                        file + ":7: epochs: expected a whole number from 1 to 10000, got \"0\"",
                        file + ":8: width is set twice, first on line 3",
                        file + ":9: learningRate: expected a number above 0, at most 10, got \".nan\"",
                        file + ":10: unknown setting \"polish\"",
                        "epochs: expected a whole number from 1 to 10000, got \"-2\"",
                        "seed: expected a whole number of 64 bits, got \"0x10\"",
                        file + ": flavour is missing: expected book or torchvision",
                        file + ": batchSize is missing: expected a whole number from 1 to 65536"));
    }

    @Test
    void an_option_can_stand_in_for_a_missing_line() throws IOException {
        String file = file("short.yaml", WHOLE.replace("epochs: 3\n", ""));

        assertThat(Preset.resolve(file, Map.of("epochs", "5")).spec().optimisation())
                .isEqualTo(new OptimisationSpec(5, 20, 0.001));
    }

    @Test
    void an_unknown_preset_is_reported_with_the_known_ones_and_the_errors_of_the_options() {
        assertThatThrownBy(() -> Preset.resolve("book", Map.of("batchSize", "many", "batchsiz", "3")))
                .hasMessage("there is no preset \"book\": choose one of "
                        + String.join(", ", Preset.builtIn()) + ", or a file that ends in .yaml\n"
                        + "batchSize: expected a whole number from 1 to 65536, got \"many\"\n"
                        + "options: unknown setting \"batchsiz\": did you mean batchSize?");
    }

    @Test
    void values_that_do_not_fit_together_are_reported() {
        assertThatThrownBy(() -> Preset.resolve("quick", Map.of("batchSize", "1")))
                .hasMessage(
                        "preset quick: batchSize 1 and imageSize 28 leave batch norm a single value per channel: use a"
                                + " larger batch, or images above 32 pixels");
        assertThat(Preset.resolve("quick", Map.of("batchSize", "1", "imageSize", "33"))
                        .spec()
                        .optimisation()
                        .batchSize())
                .isEqualTo(1);
    }

    @Test
    void numbers_at_the_edges_of_their_ranges_are_distinguished() {
        List<String> good = List.of("10", "10.0", "1e1", "4.9E-324", "+.5");
        List<String> bad = List.of(
                "0",
                "-0",
                "1e-999",
                "10.000001",
                "1e99",
                "inf",
                ".inf",
                "NaN",
                "Infinity",
                "1d",
                "0x1p1",
                "1_0",
                "",
                " 1");

        assertThat(good)
                .allSatisfy(text -> assertThat(Preset.resolve("quick", Map.of("learningRate", text))
                                .spec()
                                .optimisation()
                                .learningRate())
                        .isEqualTo(Double.parseDouble(text)));
        assertThat(bad)
                .allSatisfy(text -> assertThatThrownBy(() -> Preset.resolve("quick", Map.of("learningRate", text)))
                        .hasMessage("learningRate: expected a number above 0, at most 10, got \"" + text + "\""));
    }

    @Test
    void whole_numbers_are_read_in_one_way_only() {
        assertThat(List.of("012", "1_0", "0b1", "1e2", "64.0", "+64", "99999999999999999999", "９"))
                .allSatisfy(text -> assertThatThrownBy(() -> Preset.resolve("quick", Map.of("batchSize", text)))
                        .hasMessage("batchSize: expected a whole number from 1 to 65536, got \"" + text + "\""));
    }

    @Test
    void a_command_s_messages_name_settings_as_it_wants() {
        assertThatThrownBy(() -> Preset.resolve("quick", Map.of("batchSize", "0"), s -> "option of " + s.name()))
                .hasMessage("option of batchSize: expected a whole number from 1 to 65536, got \"0\"");
    }

    @Test
    void a_hostile_value_stays_on_one_short_line() {
        String text = "\u001b[31mred\nerror: fake" + "x".repeat(500);

        assertThatThrownBy(() -> Preset.resolve("quick", Map.of("depth", text)))
                .hasMessageStartingWith("depth: expected a whole number from 8 to 2000, got \"?[31mred?error: fakexxx")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(180).hasLineCount(1));
    }

    @Test
    void a_directory_must_be_a_path() {
        assertThat(List.of("", "  ", "a\u0000b"))
                .allSatisfy(text -> assertThatThrownBy(() -> Preset.resolve("quick", Map.of("data", text)))
                        .hasMessageStartingWith(
                                "data: expected auto, sample, a directory or images:DIRECTORY, got \""));
        assertThat(Preset.resolve("quick", Map.of("data", "./auto"))
                        .spec()
                        .data()
                        .source())
                .isEqualTo(new Directory("./auto"));
    }

    @Test
    void a_file_that_is_missing_a_directory_too_large_or_binary_is_reported() throws IOException {
        Path missing = directory.resolve("none.yaml");
        Path folder = Files.createDirectory(directory.resolve("folder.yaml"));
        Path large = Files.writeString(directory.resolve("large.yaml"), "#" + "x".repeat(64 * 1024));
        Path binary = Files.write(directory.resolve("binary.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});

        assertThat(error(missing)).isEqualTo(missing + ": no such file");
        assertThat(error(folder)).isEqualTo(folder + ": not a file");
        assertThat(error(large)).isEqualTo(large + ": larger than 64 KiB: this is no preset");
        assertThat(error(binary)).isEqualTo(binary + ": not UTF-8 text");
    }

    private static String error(Path file) {
        try {
            return Preset.resolve(file.toString(), Map.of()).toString();
        } catch (ResidualException e) {
            return e.getMessage();
        }
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }
}
