package io.residual.training.cli;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Paths and options in commands that are printed to be copied. */
public final class ShellWord {
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_./:=@%+,-]+");

    private ShellWord() {}

    /** A path as a POSIX shell takes it for one word: in quotes if it holds blanks or anything else that means something. */
    public static String of(Path path) {
        return of(path.toString().startsWith("-") ? "./" + path : path.toString());
    }

    /** The same of any text that does not start with a hyphen. */
    public static String of(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
