package io.residual.data.download;

import java.io.PrintStream;
import java.net.URI;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Shows a person how far a download is. */
public interface DownloadProgress {
    /**
     * Starts to report on a file.
     *
     * @param source where the file comes from
     * @param totalBytes of the file, or -1 if the server does not say
     */
    Transfer start(URI source, long totalBytes);

    /** One file on its way. */
    interface Transfer extends AutoCloseable {
        /**
         * Reports how far it is.
         *
         * @param bytes that have been received
         */
        void reached(long bytes);

        @Override
        void close();
    }

    /**
     * A bar if the process has a terminal, and plain lines if not. From JDK 22 on, the JVM needs
     * {@code -Djdk.console=java.base} to tell the two apart.
     */
    @SuppressWarnings("SystemConsoleNull")
    static DownloadProgress on(PrintStream out) {
        return System.console() != null ? bar(out) : lines(out);
    }

    static DownloadProgress bar(PrintStream out) {
        return (source, totalBytes) -> {
            ProgressBar bar = new ProgressBarBuilder()
                    .setTaskName(fileName(source))
                    .setInitialMax(totalBytes)
                    .setUnit(" MB", 1_000_000)
                    .setConsumer(new ConsoleProgressBarConsumer(out))
                    .build();
            return new Transfer() {
                @Override
                public void reached(long bytes) {
                    bar.stepTo(bytes);
                }

                @Override
                public void close() {
                    bar.close();
                }
            };
        };
    }

    /** A line at the start, at each further quarter, and none in between: for log files. */
    static DownloadProgress lines(PrintStream out) {
        return (source, totalBytes) -> {
            out.println("downloading " + source + size(totalBytes));
            return new Transfer() {
                private long quarter;

                @Override
                public void reached(long bytes) {
                    long now = totalBytes > 0 ? 4 * bytes / totalBytes : 0;
                    if (now > quarter) {
                        quarter = now;
                        out.println("downloading " + fileName(source) + ": " + 25 * now + " %");
                    }
                }

                @Override
                public void close() {}
            };
        };
    }

    private static String size(long totalBytes) {
        return totalBytes < 0 ? "" : String.format(Locale.ROOT, " (%.1f MB)", totalBytes / 1e6);
    }

    private static String fileName(URI source) {
        @Nullable String path = source.getPath();
        return path == null ? source.toString() : path.substring(path.lastIndexOf('/') + 1);
    }
}
