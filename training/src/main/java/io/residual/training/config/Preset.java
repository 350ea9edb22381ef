package io.residual.training.config;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A spec with the name that starts the names of its run directories.
 *
 * @param name of the built-in preset, or of the file without its ending; letters, digits, dots, dashes and underscores
 */
public record Preset(String name, TrainingSpec spec) {
    private static final List<String> BUILT_IN = List.of(
            "book-96",
            "book-224",
            "quick",
            "speedrun",
            "resnet20",
            "resnet20-300",
            "wide",
            "ladder-913",
            "ladder-920",
            "ladder-930",
            "ladder-940");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    public Preset {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a preset's name is letters, digits, dots, dashes and underscores, got " + Quoted.of(name));
        }
    }

    /** Names of the presets that come with the program. */
    public static List<String> builtIn() {
        return BUILT_IN;
    }

    /** A built-in preset without changes. */
    public static Preset named(String name) {
        return resolve(name, Map.of());
    }

    /**
     * A preset with some settings changed.
     *
     * @param nameOrFile a built-in name, or the path of a YAML file: one with a separator, or ending in .yaml or .yml
     * @param overrides values by {@link Setting#name}, which win over the preset's
     * @throws ResidualException of kind BAD_SETTING, with a line for every error of the file and of the overrides
     */
    public static Preset resolve(String nameOrFile, Map<String, String> overrides) {
        return resolve(nameOrFile, overrides, Setting::name);
    }

    /**
     * The same with other names for the settings.
     *
     * @param label how messages about the overrides name a setting
     */
    public static Preset resolve(String nameOrFile, Map<String, String> overrides, Function<Setting, String> label) {
        SpecReader reader = new SpecReader();
        String name = "preset";
        if (BUILT_IN.contains(nameOrFile)) {
            name = nameOrFile;
            reader.readYaml("preset " + name, builtInText(name));
        } else if (isFile(nameOrFile)) {
            try {
                Path file = Path.of(nameOrFile);
                name = stem(file);
                reader.readFile(file);
            } catch (InvalidPathException e) {
                reader.error("preset: " + Quoted.of(nameOrFile) + ": " + IoErrors.reason(e));
            }
        } else {
            reader.error("there is no preset " + Quoted.of(nameOrFile) + ": choose one of "
                    + String.join(", ", BUILT_IN) + ", or a file that ends in .yaml");
        }
        reader.readOverrides(overrides, label);
        return new Preset(name, reader.finish(Kind.BAD_SETTING));
    }

    private static boolean isFile(String nameOrFile) {
        return nameOrFile.endsWith(".yaml")
                || nameOrFile.endsWith(".yml")
                || nameOrFile.contains("/")
                || nameOrFile.contains("\\");
    }

    /** Part of the file's name that can start a directory's name. */
    private static String stem(Path file) {
        String stem = String.valueOf(file.getFileName())
                .replaceFirst("\\.ya?ml$", "")
                .replaceAll("[^A-Za-z0-9._-]", "-")
                .replaceFirst("^[^A-Za-z0-9]+", "");
        return stem.isEmpty() ? "preset" : stem;
    }

    private static String builtInText(String name) {
        String resource = "/io/residual/training/presets/" + name + ".yaml";
        try (InputStream in = Preset.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the program was built without " + resource);
            }
            return SpecFile.text(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
