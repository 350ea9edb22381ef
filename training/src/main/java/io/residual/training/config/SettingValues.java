package io.residual.training.config;

import java.util.Map;

/**
 * Texts of settings that {@link Setting#parse} accepts; a setting without one has its default.
 *
 * @param texts by setting
 */
record SettingValues(Map<Setting<?>, String> texts) {
    SettingValues {
        texts = Map.copyOf(texts);
    }

    /** The value of a setting. */
    <T> T value(Setting<T> setting) {
        String text = texts.get(setting);
        if (text != null) {
            return setting.parse(text);
        }
        return setting.otherwise().orElseThrow(() -> new IllegalStateException("no text for " + setting));
    }
}
