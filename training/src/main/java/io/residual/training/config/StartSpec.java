package io.residual.training.config;

import io.residual.training.config.Setting.Topic;
import java.util.Optional;

/**
 * What training starts from, and how much of that stays.
 *
 * @param freezeUpTo the last part whose parameters are not trained, and whose batch norms use their running statistics;
 *     empty if all parts are trained
 */
public record StartSpec(StartChoice startFrom, Optional<Freeze> freezeUpTo) {
    static final SettingGroup<StartSpec> SETTINGS =
            new SettingGroup<>(Topic.NETWORK, s -> s.network().start());

    static final Setting<StartChoice> START_FROM = SETTINGS.named(
                    "startFrom",
                    "pretrained weights, such as torchvision's or timm's; the classifier is a new one if the classes differ")
            .withDefault(
                    ValueType.parsed(
                            "none|FILE.safetensors",
                            "none or a file that ends in .safetensors",
                            StartChoice::of,
                            any -> true),
                    StartSpec::startFrom,
                    StartChoice.New.NONE);

    static final Setting<Optional<Freeze>> FREEZE_UP_TO = SETTINGS.named(
                    "freezeUpTo", "last part of the network, counted from the image, that is not trained")
            .withDefault(ValueType.noneOr(Freeze.values()), StartSpec::freezeUpTo, Optional.empty());

    /** New weights, all of them trained. */
    public static final StartSpec NEW = from(SettingValues.DEFAULTS);

    static StartSpec from(SettingValues values) {
        return new StartSpec(values.get(START_FROM), values.get(FREEZE_UP_TO));
    }
}
