package io.residual.training.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The name that someone probably meant. */
final class NearestName {
    private static final int MAX_LENGTH = 40;

    private NearestName() {}

    /** The nearest of the names by edits of single letters, if at most a third of its letters were wrong. */
    static Optional<String> of(String typed, Collection<String> names) {
        if (typed.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        return names.stream()
                .min(Comparator.comparingInt((String name) -> edits(plain(typed), plain(name)))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(name ->
                        3 * edits(plain(typed), plain(name)) <= plain(name).length());
    }

    /** Camel, kebab and snake case of one name are no edits apart. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** Levenshtein's distance: the minimum number of insertions, deletions and replacements that turn one text into the other. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
