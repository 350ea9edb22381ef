package io.residual.training.cli;

import io.residual.core.files.IoErrors;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Paths of a command line. */
final class PathConverter implements ITypeConverter<Path> {
    /** A home directory that a shell leaves to the command: it expands {@code ~/x}, but not {@code --run=~/x}. */
    private static final Pattern HOME = Pattern.compile("((?:--[a-z-]+=)?(?:images:)?)~(?=/|$)");

    /** Arguments with {@code ~} as the user's home directory. */
    static String[] withHome(String... args) {
        String home = Matcher.quoteReplacement(System.getProperty("user.home", "~"));
        return Arrays.stream(args)
                .map(arg -> {
                    Matcher matcher = HOME.matcher(arg);
                    return matcher.lookingAt() ? matcher.replaceFirst("$1" + home) : arg;
                })
                .toArray(String[]::new);
    }

    @Override
    public Path convert(String text) {
        if (text.isBlank()) {
            // An empty path would be the current directory.
            throw new TypeConversionException("the path is empty: give one, such as . for the current directory");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(IoErrors.reason(e));
        }
    }
}
