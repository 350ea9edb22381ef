package io.residual.cuda.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.ResNetSpec;
import io.residual.program.Operation;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class CheckFilesTest {
    private static final Path PARITY = Path.of("../core/src/test/resources/io/residual/core/parity");

    @Test
    void the_stored_files_are_those_of_todays_networks() {
        CheckFiles.files()
                .forEach((name, text) ->
                        assertThat(CheckPrograms.text(name)).as(name).isEqualTo(text));
    }

    @Test
    void a_stored_program_has_the_parameters_of_its_network() {
        CheckFiles.networks().forEach((name, spec) -> {
            long trained = sizes(CheckPrograms.read(name)).entrySet().stream()
                    .filter(entry -> !entry.getKey().matches(".*_(mean|var)"))
                    .mapToLong(Map.Entry::getValue)
                    .sum();

            assertThat(trained).as(name).isEqualTo(spec.parameters());
        });
    }

    @ParameterizedTest
    @FieldSource("io.residual.cuda.check.Fixture#NAMES")
    void a_fixture_has_all_that_its_program_needs(String name) throws IOException {
        Fixture fixture = Fixture.read(name, PARITY);
        ResNetSpec spec = CheckFiles.networks().get(name);

        assertThat(fixture.input())
                .hasSize(fixture.images() * fixture.program().value(0).size());
        assertThat(fixture.labels()).hasSize(fixture.images());
        assertThat(IntStream.of(fixture.labels())).allMatch(label -> label >= 0 && label < spec.classes());
        assertThat(fixture.loss()).isCloseTo(Math.log(10), within(1.0));
        Map<String, Long> sizes = sizes(fixture.program());
        assertThat(fixture.parameters()).containsExactlyInAnyOrderElementsOf(sizes.keySet());
        for (String parameter : fixture.parameters()) {
            assertThat((long) fixture.parameter(parameter).length).isEqualTo(sizes.get(parameter));
            if (fixture.hasGradient(parameter)) {
                assertThat((long) fixture.gradient(parameter).length).isEqualTo(sizes.get(parameter));
            }
        }
    }

    @Test
    void a_bias_in_front_of_a_batch_norm_and_a_statistic_have_no_gradient() throws IOException {
        Fixture fixture = Fixture.read("resnet18-width8-28px", PARITY);

        assertThat(fixture.hasGradient("stem.conv_W")).isTrue();
        assertThat(fixture.hasGradient("stem.conv_b")).isFalse();
        assertThat(fixture.hasGradient("stem.bn_mean")).isFalse();
        assertThat(fixture.hasGradient("fc_b")).isTrue();
    }

    @Test
    void numbers_are_those_of_the_file() throws IOException {
        Fixture fixture = Fixture.read("resnet20-width4-28px", PARITY);

        assertThat(fixture.labels()).startsWith(9, 0, 0, 3, 0, 2, 7, 2);
        assertThat(fixture.parameter("stem.bn_gamma")).containsExactly(1, 1, 1, 1);
        assertThat(fixture.parameter("stem.bn_mean")).containsExactly(0, 0, 0, 0);
    }

    @Test
    void an_unknown_name_is_an_error() {
        assertThatThrownBy(() -> CheckPrograms.read("resnet19")).hasMessage("there is no resnet19.program");
        assertThatThrownBy(() -> Safetensors.read(PARITY.resolve("cifar20-a-float64.safetensors"))
                        .numbers("train/loss2"))
                .isInstanceOf(IOException.class)
                .hasMessage(PARITY.resolve("cifar20-a-float64.safetensors") + ": there is no tensor 'train/loss2'");
    }

    @Test
    void pytorchs_networks_are_the_same() throws IOException {
        Pattern line = Pattern.compile("    \"([\\w-]+)\": \\(lambda: .+\\), (\\d+), (\\d+), \\d+\\),");
        List<String> names = new ArrayList<>();
        for (String text : Files.readAllLines(Path.of("src/check/pytorch_training.py"))) {
            Matcher matcher = line.matcher(text);
            if (matcher.matches()) {
                ResNetSpec spec = CheckFiles.networks().get(matcher.group(1));
                assertThat(Long.parseLong(matcher.group(2))).as(text).isEqualTo(spec.parameters());
                assertThat(Integer.parseInt(matcher.group(3)))
                        .as(text)
                        .isEqualTo(spec.input().height());
                names.add(matcher.group(1));
            }
        }
        assertThat(names).containsExactly("book-96", "resnet20", "resnet50-96", "book-28", "speedrun");
    }

    private static Map<String, Long> sizes(Program program) {
        Map<String, Long> sizes = new TreeMap<>();
        for (Operation operation : program.operations()) {
            Value out = program.value(operation.out());
            if (operation instanceof Convolve convolve) {
                long taps = (long) convolve.window().rows().size()
                        * convolve.window().columns().size();
                sizes.put(
                        convolve.weights(),
                        taps * out.channels() * program.value(convolve.in()).channels());
                if (convolve.biased()) {
                    sizes.put(convolve.bias(), (long) out.channels());
                }
            } else if (operation instanceof Normalize normalize) {
                for (String key : new String[] {"gamma", "beta", "mean", "var"}) {
                    sizes.put(normalize.parameter(key), (long) out.channels());
                }
            }
        }
        return sizes;
    }
}
