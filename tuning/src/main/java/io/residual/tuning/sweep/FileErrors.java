package io.residual.tuning.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything that is wrong with a file, gathered while it is read. */
final class FileErrors {
    private record Fault(int line, String message) {}

    private final String file;
    private final List<Fault> found = new ArrayList<>();

    /** @param file as messages should call it */
    FileErrors(String file) {
        this.file = file;
    }

    void add(int line, String message) {
        found.add(new Fault(line, message));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** A line for each, in the order of the file. */
    String lines() {
        return String.join(
                "\n",
                found.stream()
                        .sorted(Comparator.comparingInt(Fault::line))
                        .map(fault -> file + ":" + fault.line() + ": " + fault.message())
                        .toList());
    }
}
