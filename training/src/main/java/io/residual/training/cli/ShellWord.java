package io.residual.training.cli;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Paths in commands that are printed to be copied. */
public final class ShellWord {
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_./:=@%+,-]+");

    private ShellWord() {}

    /** A path as a POSIX shell takes it for one word: in quotes if it holds blanks or anything else that means something. */
    public static String of(Path path) {
        String text = path.toString().startsWith("-") ? "./" + path : path.toString();
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
