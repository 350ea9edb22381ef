package io.residual.training.cli;

import io.residual.training.config.Preset;
import io.residual.training.config.Setting;
import io.residual.training.config.Settings;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Gives a command {@code --preset} and an option for every setting. Name it in the command's annotation,
 * {@code @Command(modelTransformer = TrainingOptions.class)}, and ask for {@link #preset} when the command runs.
 */
public final class SettingOptions implements IModelTransformer {
    private static final String PRESET = "--preset";
    private static final String DEFAULT = "quick";

    private final String otherwise;

    /** For a command whose preset is {@code quick} if none is given. */
    public SettingOptions() {
        this(DEFAULT);
    }

    /** For a command with another preset if none is given, which it hands to {@link #preset(CommandSpec, String)}. */
    public SettingOptions(String otherwise) {
        this.otherwise = otherwise;
    }

    @Override
    public CommandSpec transform(CommandSpec command) {
        command.usageMessage().sortOptions(false);
        command.addOption(OptionSpec.builder(PRESET)
                .paramLabel("NAME|FILE")
                .description("preset to start from: " + String.join(", ", Preset.builtIn()) + ", or a YAML file; "
                        + otherwise + " if none is given")
                .type(String.class)
                .order(0)
                .build());
        int order = 1;
        for (Setting<?> setting : Settings.all()) {
            command.addOption(OptionSpec.builder(setting.option())
                    .paramLabel("VALUE")
                    .description(setting.description() + " (" + setting.range() + ")")
                    // Read as text: all faults of file and options are told together, and in the same words.
                    .type(String.class)
                    .order(order++)
                    .build());
        }
        return command;
    }

    /**
     * The preset that the command line asks for, with its options applied.
     *
     * @param command of a command with these options, after parsing
     * @throws io.residual.core.ResidualException of kind BAD_SETTING, with a line for every fault
     */
    public static Preset preset(CommandSpec command) {
        return preset(command, DEFAULT);
    }

    /**
     * The preset that the command line asks for, with its options applied.
     *
     * @param otherwise name or file of the preset if the command line names none
     */
    public static Preset preset(CommandSpec command, String otherwise) {
        return preset(command, otherwise, Map.of());
    }

    /**
     * The preset that the command line asks for, with some settings as the command wants them.
     *
     * @param otherwise name or file of the preset if the command line names none
     * @param decided values by {@link Setting#name}, which win over the command line's
     */
    public static Preset preset(CommandSpec command, String otherwise, Map<String, String> decided) {
        Map<String, String> overrides = new HashMap<>();
        for (Setting<?> setting : Settings.all()) {
            String text = text(command, setting.option(), "");
            if (command.commandLine().getParseResult().hasMatchedOption(setting.option())) {
                overrides.put(setting.name(), text);
            }
        }
        overrides.putAll(decided);
        return Preset.resolve(text(command, PRESET, otherwise), overrides);
    }

    private static String text(CommandSpec command, String option, String otherwise) {
        return command.commandLine().getParseResult().matchedOptionValue(option, otherwise);
    }
}
