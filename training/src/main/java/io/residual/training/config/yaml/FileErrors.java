package io.residual.training.config.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All errors of a file, gathered while it is read. */
public final class FileErrors {
    private record Entry(int line, String message) {}

    private final String file;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * No errors so far.
     *
     * @param file as messages should call it
     */
    public FileErrors(String file) {
        this.file = file;
    }

    /**
     * Adds an error.
     *
     * @param line counted from 1
     */
    public void add(int line, String message) {
        entries.add(new Entry(line, message));
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Texts of the form "file:line: message", in the order of the file. */
    public List<String> messages() {
        return entries.stream()
                .sorted(Comparator.comparingInt(Entry::line))
                .map(e -> file + ":" + e.line() + ": " + e.message())
                .toList();
    }
}
