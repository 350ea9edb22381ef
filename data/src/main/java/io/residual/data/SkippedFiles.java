package io.residual.data;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files and folders of a data set that are not read.
 *
 * @param names of the files for each reason, with the error where there is one
 */
public record SkippedFiles(SortedMap<Reason, List<String>> names) {
    /** Why a file is skipped. */
    public enum Reason {
        /** Called an image, or starting like one, and unreadable. */
        CORRUPT("corrupt"),
        /** Neither called an image nor starting like one. */
        NO_IMAGE("not an image"),
        /** Next to the folders of the classes, so that it is of no class. */
        BESIDE("outside the class folders"),
        /** A name that starts with a dot. */
        HIDDEN("hidden"),
        /** What Windows, macOS and network storage keep for themselves. */
        SYSTEM("of the system"),
        LINK_TO_NOWHERE("a link to nothing"),
        LOOP("a link back to a folder above"),
        DEVICE("a pipe or a device"),
        TOO_DEEP("nested too deep");

        private final String description;

        Reason(String description) {
            this.description = description;
        }

        @Override
        public String toString() {
            return description;
        }
    }

    public static final SkippedFiles NONE = new SkippedFiles(Collections.emptySortedMap());

    private static final int MAX_SHOWN = 3;

    public SkippedFiles {
        SortedMap<Reason, List<String>> copy = new TreeMap<>();
        names.forEach((reason, files) -> copy.put(reason, List.copyOf(files)));
        names = Collections.unmodifiableSortedMap(copy);
    }

    public static SkippedFiles of(Map<Reason, ? extends Collection<String>> names) {
        Map<Reason, List<String>> lists = new EnumMap<>(Reason.class);
        names.forEach((reason, files) -> lists.put(reason, List.copyOf(files)));
        return new SkippedFiles(new TreeMap<>(lists));
    }

    public boolean isEmpty() {
        return names.isEmpty();
    }

    /** In one line, as in "12 not an image (cat/notes.txt, cat/IMG_1.heic, cat/IMG_2.heic, ...), 2 hidden (.git, ...)". */
    public String summary() {
        return names.entrySet().stream()
                .map(entry -> String.format(
                        Locale.ROOT,
                        "%,d %s (%s%s)",
                        entry.getValue().size(),
                        entry.getKey(),
                        entry.getValue().stream().limit(MAX_SHOWN).collect(Collectors.joining(", ")),
                        entry.getValue().size() > MAX_SHOWN ? ", ..." : ""))
                .collect(Collectors.joining("; "));
    }

    /** A line for each file, for a log. */
    public Stream<String> lines() {
        return names.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(name -> "skipped, " + entry.getKey() + ": " + name));
    }
}
