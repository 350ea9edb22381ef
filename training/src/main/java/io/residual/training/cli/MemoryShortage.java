package io.residual.training.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Memory that ran out: on the heap, or outside it, where the arrays are. */
final class MemoryShortage {
    /** HotSpot's messages about the heap; its other errors, and JavaCPP's, are about memory outside it. */
    private static final List<String> HEAP = List.of("Java heap space", "GC overhead limit exceeded");
    /** What ND4J's native code throws if the system gives it no memory, as a plain RuntimeException. */
    private static final String NATIVE = "bad_alloc";
    /** In JavaCPP's message if its own limit is reached; arrays of ND4J do not count there. */
    private static final String LIMIT = "totalBytes";

    private MemoryShortage() {}

    /** What is short and how to fix it, in one line; empty if the error is about something else. */
    static Optional<String> hint(Throwable error) {
        return Stream.iterate(error, t -> t != null, Throwable::getCause)
                .filter(MemoryShortage::isOne)
                .findFirst()
                .map(shortage -> hint(String.valueOf(shortage.getMessage())));
    }

    private static boolean isOne(Throwable error) {
        return error instanceof OutOfMemoryError
                || (error instanceof RuntimeException
                        && String.valueOf(error.getMessage()).contains(NATIVE));
    }

    private static String hint(String message) {
        String reported = message.lines().findFirst().orElse("");
        if (HEAP.stream().anyMatch(reported::contains)) {
            return "out of heap memory (" + reported + "): raise -Xmx in config/java.options, or with"
                    + " RESIDUAL_JAVA_OPTS=-Xmx4g";
        }
        String fix = reported.contains(LIMIT)
                ? "raise -Dorg.bytedeco.javacpp.maxbytes in config/java.options"
                : "free memory of the machine";
        return "out of memory for arrays (" + reported + "): use a smaller --batch-size or --image-size, or " + fix;
    }
}
