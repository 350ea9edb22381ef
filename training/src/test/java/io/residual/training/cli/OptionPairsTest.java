package io.residual.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.Preset;
import io.residual.training.config.Setting;
import io.residual.training.config.Settings;
import io.residual.training.config.TrainingSpec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Options either work together or are refused by name. */
class OptionPairsTest {
    private static final String[] SAMPLES = {
        "0.5", "2", "3", "8", "32", "100", "0.001", "1,2,3", "1,2", "stage1", "x.safetensors"
    };

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "--step-epochs 3, --schedule step, constant",
        "--milestones 3, --schedule multi-step, constant",
        "--decay 0.5, --schedule step or multi-step, constant",
        "--peak-at 0.5, --schedule one-cycle, constant",
        "--anneal linear, --schedule one-cycle, constant",
        "--restart-epochs 3, --schedule restarts, constant",
        "--restart-factor 3, --schedule restarts, constant",
        "--lowest-rate 0.001, --schedule cosine or one-cycle or restarts, constant"
    })
    void an_option_of_another_schedule_is_refused(String option, String with, String is) {
        assertThat(error("--schedule constant " + option))
                .contains(option.split(" ")[0] + ": has an effect with " + with + " only, and it is " + is);
    }

    @ParameterizedTest
    @CsvSource({
        "--optimiser adam, --momentum 0.9, --optimiser sgd or nesterov or muon, adam",
        "--optimiser sgd, --muon-rate 0.1, --optimiser muon, sgd",
        "--crop 0, --crop-padding reflect, --crop above 0, 0",
        "--erase 0, --erase-fill random, --erase above 0, 0.0",
        "--rand-augment 0, --rand-augment-magnitude 5, --rand-augment above 0, 0",
        "--weight-decay 0, --weight-decay-mode decoupled, --weight-decay above 0, 0.0",
        "--stochastic-depth 0, --stochastic-depth-mode batch, --stochastic-depth above 0, 0.0",
        "--shortcuts none, --shortcut-option b, --shortcuts residual, none"
    })
    void an_option_of_what_is_off_is_refused(String off, String option, String with, String is) {
        assertThat(error(off + " " + option))
                .contains(option.split(" ")[0] + ": has an effect with " + with + " only, and it is " + is);
    }

    /** A preset may name what an option makes useless: it is not what the user has typed. */
    @Test
    void a_preset_keeps_its_own_settings_of_another_schedule() {
        assertThat(error("--preset resnet20 --schedule constant")).isEmpty();
    }

    @Test
    @Tag("slow")
    void each_pair_of_settings_works_or_is_refused() {
        List<String> accepted = new ArrayList<>();
        List<Setting> settings = Settings.all();
        for (int i = 0; i < settings.size(); i++) {
            for (int j = 0; j < i; j++) {
                Setting first = settings.get(i);
                Setting second = settings.get(j);
                Optional<String> a = sample(first);
                Optional<String> b = sample(second);
                if (a.isEmpty() || b.isEmpty()) {
                    continue;
                }
                CommandLine line = new CommandLine(new Main());
                line.parseArgs(SettingOptions.option(first), a.get(), SettingOptions.option(second), b.get());
                try {
                    TrainingSpec spec =
                            SettingOptions.preset(line.getCommandSpec()).spec();
                    assertThat(List.of(first.isDefault(spec), second.isDefault(spec)))
                            .as("%s %s, %s %s", first, a, second, b)
                            .containsOnly(false);
                    accepted.add(first + " " + second);
                } catch (ResidualException e) {
                    assertThat(e.kind()).isEqualTo(Kind.BAD_SETTING);
                }
            }
        }
        assertThat(accepted).hasSizeGreaterThan(400);
    }

    /** A value that is not the default, if one of a few is allowed. */
    private static Optional<String> sample(Setting setting) {
        TrainingSpec quick = Preset.named("quick").spec();
        return Stream.concat(Stream.of(setting.metavariable().split("\\|")), Stream.of(SAMPLES))
                .filter(text -> setting.error(text).isEmpty())
                .filter(text ->
                        !setting.isDefault(quick) || !setting.text(quick).equals(text))
                .filter(text -> !text.equals(setting.text(quick)))
                .findFirst();
    }

    @Test
    void pictures_are_made_one_at_a_time_and_without_a_run() {
        String a = directory.resolve("a.svg").toString();
        String b = directory.resolve("b.svg").toString();

        for (String rest : List.of("--find-learning-rate " + b, "--seeds 2", "--stop-after 1")) {
            assertThat(error("--plot-schedule " + a + " " + rest))
                    .contains("--plot-schedule, --find-learning-rate, --show-augmentation and --dry-run train no run");
        }
    }

    private String error(String arguments) {
        StringWriter err = new StringWriter();
        String[] args = Stream.concat(
                        Stream.of(arguments.split(" ")),
                        arguments.contains("--plot-schedule")
                                ? Stream.empty()
                                : Stream.of(
                                        "--plot-schedule",
                                        directory.resolve("schedule.svg").toString()))
                .toArray(String[]::new);
        int status = CommandRunner.run(new Main(), new PrintWriter(new StringWriter()), new PrintWriter(err), args);
        assertThat(status).isEqualTo(err.toString().isEmpty() ? 0 : ExitStatus.USAGE.code());
        return err.toString();
    }
}
