package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.Preset;
import io.residual.training.config.Setting;
import io.residual.training.config.Setting.Topic;
import io.residual.training.config.Settings;
import io.residual.training.config.TrainingSpec;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParseResult;

/**
 * Gives a command {@code --preset} and an option for every setting, and its help a heading for each topic. Name it in the
 * command's annotation, {@code @Command(modelTransformer = SettingOptions.class)}, and call {@link #preset} when the command
 * runs.
 */
public final class SettingOptions implements IModelTransformer {
    private static final String PRESET = "--preset";
    static final String DEFAULT_PRESET = "quick";
    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

    private final String defaultPreset;
    private final String ownHeading;

    /** For a command whose preset is {@code quick} if none is given. */
    public SettingOptions() {
        this(DEFAULT_PRESET, heading(Topic.RUN));
    }

    /**
     * For a command with another preset if none is given, which it hands to {@link #preset(CommandSpec, String)}.
     *
     * @param defaultPreset the name of a built-in one
     * @param ownHeading of the command's own options in its help
     */
    public SettingOptions(String defaultPreset, String ownHeading) {
        this.defaultPreset = defaultPreset;
        this.ownHeading = ownHeading;
    }

    /** The name in kebab case after two dashes. */
    static String option(Setting setting) {
        return "--"
                + CAPITAL.matcher(setting.name())
                        .replaceAll(m -> "-" + m.group().toLowerCase(Locale.ROOT));
    }

    @Override
    public CommandSpec transform(CommandSpec command) {
        command.addOption(OptionSpec.builder(PRESET)
                .paramLabel("NAME|FILE.yaml")
                .description("preset, which decides all settings that are not given as options: "
                        + String.join(", ", Preset.builtIn()) + ", or a YAML file (default: " + defaultPreset + ")")
                .type(String.class)
                .build());
        TrainingSpec defaults = Preset.named(defaultPreset).spec();
        for (Setting setting : Settings.all()) {
            command.addOption(OptionSpec.builder(option(setting))
                    .paramLabel(setting.metavariable())
                    .description(description(setting, defaults))
                    // Read as text: all errors of file and options are reported together, and in the same words.
                    .type(String.class)
                    .build());
        }
        command.usageMessage()
                .abbreviateSynopsis(true)
                .sectionMap()
                .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, this::underHeadings);
        return command;
    }

    private String description(Setting setting, TrainingSpec defaults) {
        String range = setting.range().isEmpty() ? "" : setting.range() + "; ";
        String value = setting.text(defaults).replaceFirst("\\.0$", "");
        String decidedBy = setting.isDefault(defaults) ? "" : " in preset " + defaultPreset;
        return setting.description() + " (" + range + "default: " + value + decidedBy + ")";
    }

    /** The list of options: the command's own under their heading, then the settings under those of their topics. */
    private String underHeadings(Help help) {
        Map<String, Topic> topics =
                Settings.all().stream().collect(Collectors.toMap(SettingOptions::option, Setting::topic));
        Map<String, List<OptionSpec>> options = help.commandSpec().options().stream()
                .sorted(Comparator.comparing(SettingOptions::isHelp)
                        .thenComparing(option -> !option.longestName().equals(PRESET)))
                .collect(Collectors.groupingBy(option -> {
                    Topic topic = topics.get(option.longestName());
                    boolean shared = option.longestName().equals(PRESET) || isHelp(option);
                    return topic != null ? heading(topic) : shared ? heading(Topic.RUN) : ownHeading;
                }));
        Stream<String> own = Stream.of(ownHeading).filter(heading -> !heading.equals(heading(Topic.RUN)));
        return Stream.concat(own, Arrays.stream(Topic.values()).map(SettingOptions::heading))
                .map(heading -> {
                    Help.Layout layout = help.createDefaultLayout();
                    layout.addAllOptions(options.get(heading), help.parameterLabelRenderer());
                    return String.format("%n%s:%n%s", heading, layout);
                })
                .collect(Collectors.joining());
    }

    private static boolean isHelp(OptionSpec option) {
        return option.usageHelp() || option.versionHelp();
    }

    private static String heading(Topic topic) {
        return topic.name().charAt(0) + topic.name().substring(1).toLowerCase(Locale.ROOT);
    }

    /**
     * The preset that the command line asks for, with its options applied.
     *
     * @param command of a command with these options, after parsing
     * @throws io.residual.core.ResidualException of kind BAD_SETTING, with a line for every error
     */
    public static Preset preset(CommandSpec command) {
        return preset(command, DEFAULT_PRESET);
    }

    /**
     * The preset that the command line asks for, with its options applied.
     *
     * @param defaultPreset name or file of the preset if the command line names none
     */
    public static Preset preset(CommandSpec command, String defaultPreset) {
        return preset(command, defaultPreset, Map.of());
    }

    /**
     * The preset that the command line asks for, with some settings decided by the command.
     *
     * @param defaultPreset name or file of the preset if the command line names none
     * @param decided values by {@link Setting#name}, which win over the command line's
     */
    public static Preset preset(CommandSpec command, String defaultPreset, Map<String, String> decided) {
        ParseResult given = command.commandLine().getParseResult();
        Map<String, String> overrides = new HashMap<>();
        for (Setting setting : Settings.all()) {
            if (given.hasMatchedOption(option(setting))) {
                overrides.put(setting.name(), given.matchedOptionValue(option(setting), ""));
            }
        }
        overrides.putAll(decided);
        Preset preset = Preset.resolve(presetName(command, defaultPreset), overrides, SettingOptions::option);
        String unused = Settings.all().stream()
                .filter(setting -> given.hasMatchedOption(option(setting)))
                .flatMap(
                        setting -> setting
                                .unused(preset.spec(), SettingOptions::option)
                                .map(why -> option(setting) + ": " + why)
                                .stream())
                .collect(Collectors.joining("\n"));
        if (!unused.isEmpty()) {
            throw new ResidualException(Kind.BAD_SETTING, unused);
        }
        return preset;
    }

    /** The name or file of the preset that the command line asks for. */
    static String presetName(CommandSpec command, String defaultPreset) {
        return command.commandLine().getParseResult().matchedOptionValue(PRESET, defaultPreset);
    }
}
