package io.residual.training.config;

import java.util.Map;

/**
 * Values of settings; a setting without one has its default.
 *
 * @param values by setting, each as {@link Setting#parse} returned it
 */
record SettingValues(Map<Setting<?>, Object> values) {
    static final SettingValues DEFAULTS = new SettingValues(Map.of());

    SettingValues {
        values = Map.copyOf(values);
    }

    <T> T get(Setting<T> setting) {
        @SuppressWarnings("unchecked") // the setting has parsed it
        T value = (T) values.get(setting);
        return value != null
                ? value
                : setting.defaultValue().orElseThrow(() -> new IllegalStateException("no value of " + setting));
    }
}
