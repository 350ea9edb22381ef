package io.residual.laboratory.cli;

import io.residual.training.cli.SettingOptions;
import io.residual.training.config.TrainingSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The networks that a command with {@link SettingOptions} names: several depths, with shortcuts and without. */
public final class TwinSpecs {
    /** The preset if the command line names none. */
    public static final String PRESET = "resnet20";

    private static final String DEPTH = "--depth";
    private static final String SHORTCUTS = "--shortcuts";
    private static final String BATCH_SIZE = "--batch-size";
    /** Times the depth, what keeps the arrays of a pass within a gigabyte at 28 pixels. */
    private static final int BATCH_TIMES_DEPTH = 64 * 110;

    private static final int MAX_BATCH = 64;
    /** Batch norm needs some. */
    private static final int MIN_BATCH = 4;

    private TwinSpecs() {}

    /** The options of training, with the preset of these commands. */
    static final class TrainingOptions implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec command) {
            return new SettingOptions(PRESET, "Experiment").transform(command);
        }
    }

    /**
     * For each depth the network with and without shortcuts, unless the command line chooses.
     *
     * @param command after parsing
     * @throws io.residual.core.ResidualException of kind BAD_SETTING, with a line for every error
     */
    public static List<TrainingSpec> of(CommandSpec command) {
        ParseResult given = command.commandLine().getParseResult();
        String depths = given.matchedOptionValue(DEPTH, "");
        String shortcuts = given.matchedOptionValue(SHORTCUTS, "residual,none");
        List<TrainingSpec> specs = new ArrayList<>();
        for (String depth : depths.split(",", -1)) {
            for (String kind : shortcuts.split(",", -1)) {
                specs.add(SettingOptions.preset(command, PRESET, decided(given, depth.strip(), kind.strip()))
                        .spec());
            }
        }
        return specs;
    }

    private static Map<String, String> decided(ParseResult given, String depth, String shortcuts) {
        Map<String, String> decided = new HashMap<>(Map.of("shortcuts", shortcuts));
        if (given.hasMatchedOption(DEPTH)) {
            decided.put("depth", depth);
        }
        if (!given.hasMatchedOption(BATCH_SIZE)) {
            int layers = depth.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(depth) : 1;
            int room = Integer.highestOneBit(Math.max(1, BATCH_TIMES_DEPTH / layers));
            decided.put("batchSize", String.valueOf(Math.max(MIN_BATCH, Math.min(MAX_BATCH, room))));
        }
        return decided;
    }
}
