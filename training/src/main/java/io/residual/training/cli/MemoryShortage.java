package io.residual.training.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Memory that ran out: on the heap, or outside it, where the arrays are. */
final class MemoryShortage {
    /** HotSpot's words for the heap; its other errors, and JavaCPP's, are about memory outside it. */
    private static final List<String> HEAP = List.of("Java heap space", "GC overhead limit exceeded");
    /** What ND4J's native code throws where the system gives it no memory, as a plain RuntimeException. */
    private static final String NATIVE = "bad_alloc";
    /** JavaCPP's words where its own limit is reached; arrays of ND4J do not count there. */
    private static final String LIMIT = "totalBytes";

    private MemoryShortage() {}

    /** What is short and how to mend it, in one line; nothing if memory is not what the fault is about. */
    static Optional<String> advice(Throwable fault) {
        return Stream.iterate(fault, t -> t != null, Throwable::getCause)
                .filter(MemoryShortage::isOne)
                .findFirst()
                .map(shortage -> advice(String.valueOf(shortage.getMessage())));
    }

    private static boolean isOne(Throwable fault) {
        return fault instanceof OutOfMemoryError
                || (fault instanceof RuntimeException
                        && String.valueOf(fault.getMessage()).contains(NATIVE));
    }

    private static String advice(String message) {
        String told = message.lines().findFirst().orElse("");
        if (HEAP.stream().anyMatch(told::contains)) {
            return "out of heap memory (" + told + "): raise -Xmx in config/java.options, or with"
                    + " RESIDUAL_JAVA_OPTS=-Xmx4g";
        }
        String cure = told.contains(LIMIT)
                ? "raise -Dorg.bytedeco.javacpp.maxbytes in config/java.options"
                : "free memory of the machine";
        return "out of memory for arrays (" + told + "): use a smaller --batch-size or --image-size, or " + cure;
    }
}
