package io.residual.training.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.Shortcuts;
import io.residual.training.config.DataChoice.Directory;
import io.residual.training.config.DataChoice.Named;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecFileTest {
    private static final TrainingSpec SPEC = new TrainingSpec(
            new NetworkSpec(34, NetworkSpec.Variant.TORCHVISION, 5, Shortcuts.NONE),
            new DataSpec(Named.AUTO, 61),
            new OptimisationSpec(7, 3, 0.00025),
            -4);

    @TempDir
    Path directory;

    @Test
    void a_spec_is_written_a_line_for_each_setting() {
        String yaml = SpecFile.write(SPEC);

        assertThat(yaml.lines()).hasSameSizeAs(Settings.all());
        assertThat(yaml)
                .startsWith("depth: 34\nflavour: torchvision\nwidth: 5\nshortcuts: none\n")
                .contains("data: auto\nimageSize: 61\n")
                .contains("epochs: 7\nbatchSize: 3\nlearningRate: 2.5E-4\nschedule: constant\n")
                .endsWith("seed: -4\n");
    }

    @Test
    void a_spec_is_read_back_equal() throws IOException {
        assertThat(readBack(SPEC)).isEqualTo(SPEC);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"data: images:pictures", "data: idx", "labelDecisions: a/b.jsonl", "startFrom: w.safetensors"})
    void a_spec_for_another_working_directory_names_the_same_files(String setting) {
        String[] pair = setting.split(": ", 2);
        String yaml = SpecFile.write(
                Preset.resolve("quick", Map.of(pair[0], pair[1])).spec().withAbsolutePaths());

        String file = pair[1].replace("images:", "");
        String absolute = pair[1].replace(file, Path.of(file).toAbsolutePath().toString());
        assertThat(yaml).contains(pair[0] + ": " + absolute + "\n");
        assertThat(SPEC.withAbsolutePaths()).as("it names no file").isEqualTo(SPEC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"quick", "book-96", "resnet20", "speedrun"})
    void specs_that_release_0_1_wrote_are_read(String preset) throws Exception {
        Path file = Path.of(Objects.requireNonNull(getClass().getResource("release-0.1/" + preset + ".yaml"))
                .toURI());

        assertThat(SpecFile.read(file, Kind.BAD_RUN))
                .isEqualTo(Preset.named(preset).spec());
        List<String> settings = settings(Files.readString(file));
        List<String> names = settings.stream().map(SpecFileTest::name).toList();
        assertThat(settings(SpecFile.write(Preset.named(preset).spec())))
                .filteredOn(setting -> names.contains(name(setting)))
                .containsExactlyElementsOf(settings.stream()
                        .filter(setting -> !setting.equals("outsideLinks: refuse"))
                        .toList())
                .hasSize(settings.size() - 1);
    }

    private static List<String> settings(String yaml) {
        return yaml.lines().filter(line -> !line.startsWith("#")).toList();
    }

    private static String name(String setting) {
        return setting.substring(0, setting.indexOf(':'));
    }

    @Test
    void another_value_of_a_retired_setting_is_refused() {
        assertThat(errors("outsideLinks: follow\n"))
                .containsExactly("1 outsideLinks is no longer a setting: expected refuse, got \"follow\"");
        assertThat(errors("outsideLinks: refuse\n")).isEmpty();
        assertThat(Preset.resolve("quick", Map.of("outsideLinks", "refuse"))).isEqualTo(Preset.named("quick"));
        assertThatThrownBy(() -> Preset.resolve("quick", Map.of("outsideLinks", "follow")))
                .hasMessage("options: outsideLinks is no longer a setting: expected refuse, got \"follow\"");
    }

    @Test
    void directories_with_any_name_are_read_back_equal() {
        List<String> names = List.of(
                "null",
                "~",
                "true",
                "No",
                "12",
                "1e3",
                "0x1F",
                "2001-01-01",
                "- a",
                "a: b",
                "a #b",
                "#a",
                "*a",
                "&a",
                "!a",
                "%a",
                "@a",
                "`a",
                "'a",
                "\"a\"",
                "{a}",
                "[a]",
                "|",
                ">",
                "? a",
                " a ",
                "é/日本",
                "a\\b",
                "=",
                "<<",
                ".",
                "---",
                "...",
                "\uFEFFa",
                "x ".repeat(300) + "x",
                "😀");

        assertThat(names).allSatisfy(name -> {
            TrainingSpec spec = new TrainingSpec(
                    SPEC.network(), new DataSpec(new Directory(name), 61), SPEC.optimisation(), SPEC.seed());
            assertThat(readBack(spec)).isEqualTo(spec);
        });
    }

    @Test
    void errors_are_of_the_kind_that_the_caller_gives_them() throws IOException {
        Path file = Files.writeString(directory.resolve("spec.yaml"), SpecFile.write(SPEC) + "warmup: 3\n");

        assertThatThrownBy(() -> SpecFile.read(file, Kind.BAD_RUN))
                .hasMessage(file + ":" + (Settings.all().size() + 1) + ": unknown setting \"warmup\"")
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN));
    }

    @Test
    void anchors_aliases_and_tags_are_refused_with_their_line() {
        assertThat(errors("a: &x [1]\nb: *x\n<<: *x\nc: !!java.net.URL [x]\nd: !local 3\n"))
                .containsExactly(
                        "1 anchors (&) and aliases (*) are not read: write the value out",
                        "2 anchors (&) and aliases (*) are not read: write the value out",
                        "3 anchors (&) and aliases (*) are not read: write the value out",
                        "4 tags (!) are not read: write the value alone",
                        "5 tags (!) are not read: write the value alone");
    }

    @Test
    void a_bomb_is_a_list_of_errors() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 40; i++) {
            String before = "*a" + (i - 1);
            bomb.append("a" + i + ": &a" + i + " [" + (before + ", ").repeat(8) + before + "]\n");
        }

        assertThat(errors(bomb.toString())).hasSize(40).allMatch(f -> f.contains("anchors (&)"));
    }

    @Test
    void an_empty_text_a_list_a_second_document_and_a_missing_value_are_refused() {
        assertThat(errors("")).containsExactly("1 expected lines of the form \"name: value\"");
        assertThat(errors("# nothing\n")).containsExactly("2 expected lines of the form \"name: value\"");
        assertThat(errors("\n- a\n")).containsExactly("2 expected lines of the form \"name: value\"");
        assertThat(errors("a: 1\n---\nb: 2\n"))
                .containsExactly("3 a second document begins: one file holds one preset");
        assertThat(errors("a:\nb: ~\nc: {d: 1}\n"))
                .containsExactly("1 a has no value", "2 b has no value", "3 c: expected a single value, got a mapping");
    }

    @Test
    void text_that_is_no_yaml_is_told_with_its_line_and_nothing_is_said_to_be_missing() throws IOException {
        Path file = Files.writeString(directory.resolve("cut.yaml"), "depth: 18\nwidth: 0\nflavour: 'bo\n");

        assertThatThrownBy(() -> SpecFile.read(file, Kind.BAD_SETTING))
                .hasMessage(file + ":2: width: expected a whole number from 1 to 512, got \"0\"\n" + file
                        + ":3: not valid YAML: while scanning a quoted scalar");
    }

    @Test
    void damaged_files_end_in_faults_or_a_spec_and_in_nothing_else() throws IOException {
        Random random = new Random(5);
        String whole = SpecFile.write(SPEC);
        String letters = "\t\u0000\u0085\uFFFE\uD800:#-&*!|>%@`'\"{}[],?~0\n  ";
        int damagedFiles = 0;
        for (int i = 0; i < 1000; i++) {
            StringBuilder damaged = new StringBuilder(whole);
            for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                int at = random.nextInt(damaged.length());
                damaged.replace(
                        at,
                        at + random.nextInt(3),
                        letters.substring(random.nextInt(letters.length())).substring(0, 1));
            }
            SpecReader reader = new SpecReader();
            try {
                reader.readYaml("damaged.yaml", damaged.toString());
                reader.finish(Kind.BAD_SETTING);
            } catch (ResidualException e) {
                damagedFiles++;
                assertThat(e.getMessage().lines()).allMatch(line -> line.startsWith("damaged.yaml:"));
            }
        }
        assertThat(damagedFiles).isGreaterThan(500);
    }

    @Test
    void deep_nesting_is_a_fault() {
        assertThat(errors("a: " + "[".repeat(60_000)))
                .hasSize(2)
                .first()
                .asString()
                .startsWith("1 not valid YAML: Document nesting depth (11) exceeds the maximum allowed (10");
    }

    @Test
    void an_anchor_that_nothing_refers_to_leaves_a_single_value_as_it_is() {
        assertThat(errors("depth: &x 18\n")).noneMatch(e -> e.startsWith("1 "));
    }

    /** Those with a line that are about more than the name of a setting. */
    private static List<String> errors(String yaml) {
        SpecReader reader = new SpecReader();
        reader.readYaml("y", yaml);
        try {
            reader.finish(Kind.BAD_SETTING);
            return List.of();
        } catch (ResidualException e) {
            return String.valueOf(e.getMessage())
                    .lines()
                    .filter(line -> line.matches("y:\\d+: .*") && !line.contains("unknown setting"))
                    .map(line -> line.replaceFirst("y:(\\d+):", "$1"))
                    .toList();
        }
    }

    private TrainingSpec readBack(TrainingSpec spec) throws IOException {
        Path file = Files.writeString(directory.resolve("spec.yaml"), SpecFile.write(spec));
        return SpecFile.read(file, Kind.BAD_RUN);
    }
}
