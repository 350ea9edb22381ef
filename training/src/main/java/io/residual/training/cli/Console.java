package io.residual.training.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Standard output or standard error of a command. What could not be written is remembered, so that no command ends as if all
 * were well. Names of files and classes, which may hold anything, do not reach the terminal as control characters.
 */
public final class Console {
    private final @Nullable Channel channel;
    private final PrintWriter writer;

    private Console(Writer writer, @Nullable Channel channel) {
        this.writer = new Printable(writer);
        this.channel = channel;
    }

    static Console of(OutputStream stream) {
        return of(new Channel(stream));
    }

    private static Console of(Channel channel) {
        return new Console(new PrintWriter(new OutputStreamWriter(channel, StandardCharsets.UTF_8)), channel);
    }

    static Console of(PrintWriter writer) {
        return new Console(writer, null);
    }

    /** Standard output of this process, which {@code System.out} shares from now on. */
    static Console standardOutput() {
        Channel channel = new Channel(new FileOutputStream(FileDescriptor.out));
        System.setOut(new PrintStream(channel, true, StandardCharsets.UTF_8));
        return of(channel);
    }

    PrintWriter writer() {
        return writer;
    }

    /** Why something could not be written, if so. */
    Optional<IOException> failure() {
        writer.flush();
        return Optional.ofNullable(channel).map(c -> c.failure);
    }

    /**
     * Ends a command that prints much if nothing can be printed any more, as when {@code head} has its lines.
     *
     * @param out of the command
     */
    public static void require(PrintWriter out) {
        if (out.checkError()) {
            throw new OutputLost();
        }
    }

    /** The text with control characters, also those that reverse the direction of writing, as escapes. */
    public static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean endsLine = c == '\n' || (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n');
            if (endsLine || c == '\t' || !isControl(c)) {
                printable.append(c);
            } else {
                printable.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return printable.toString();
    }

    private static boolean isControl(char c) {
        return Character.isISOControl(c) || (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
    }

    /** Nothing can be printed any more; {@link #failure} says why. */
    static final class OutputLost extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static final class Channel extends OutputStream {
        private final OutputStream stream;
        private volatile @Nullable IOException failure;

        Channel(OutputStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                stream.write(bytes, offset, length);
            } catch (IOException e) {
                failure = failure == null ? e : failure;
                throw e;
            }
        }
    }

    private static final class Printable extends PrintWriter {
        Printable(Writer out) {
            super(out, true);
        }

        @Override
        public void write(int c) {
            write(String.valueOf((char) c));
        }

        @Override
        public void write(char[] text, int offset, int length) {
            write(new String(text, offset, length));
        }

        @Override
        public void write(String text, int offset, int length) {
            String printable = printable(text.substring(offset, offset + length));
            super.write(printable, 0, printable.length());
        }
    }
}
