package io.residual.evaluation.labels;

import io.residual.training.cli.SettingOptions;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;

/** The options of training, by a preset that is quick on all of Fashion-MNIST. */
final class LabelOptions implements IModelTransformer {
    static final String PRESET = "speedrun";

    @Override
    public CommandSpec transform(CommandSpec command) {
        return new SettingOptions(PRESET).transform(command);
    }
}
