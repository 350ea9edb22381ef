package io.residual.data;

import java.text.Normalizer;
import java.util.List;
import java.util.Optional;

/**
 * Names of classes, and of files, which systems write in different forms: an accented letter is one character on most
 * systems, and a letter and an accent in the folders of a Mac. Both are the same name: they are compared in Unicode's form NFC.
 */
public final class ClassNames {
    private ClassNames() {}

    /** The form of a name in which names are compared. */
    public static String canonical(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /** The place of a name among others, -1 if it is none of them. */
    public static int indexOf(List<String> names, String name) {
        return canonical(names).indexOf(canonical(name));
    }

    /** Whether two lists have the same names in the same order. */
    public static boolean equal(List<String> names, List<String> others) {
        return canonical(names).equals(canonical(others));
    }

    /**
     * For each name its place among others.
     *
     * @return empty if the two lists do not have the same names
     */
    public static Optional<int[]> places(List<String> names, List<String> others) {
        List<String> known = canonical(others);
        int[] places =
                names.stream().mapToInt(name -> known.indexOf(canonical(name))).toArray();
        boolean[] found = new boolean[others.size()];
        for (int place : places) {
            if (place < 0 || found[place]) {
                return Optional.empty();
            }
            found[place] = true;
        }
        return names.size() == others.size() ? Optional.of(places) : Optional.empty();
    }

    private static List<String> canonical(List<String> names) {
        return names.stream().map(ClassNames::canonical).toList();
    }
}
