package io.residual.data;

/**
 * Where images were read from, for people and for the record of a run.
 *
 * @param place a folder, or the address of a resource
 */
public record Origin(Kind kind, String place) {
    /** The kinds of places, in the order in which they are looked at. */
    public enum Kind {
        /** The sample within this program. */
        SAMPLE("the built-in sample", ""),
        /** A folder that the user named. */
        FOLDER("the given folder", ""),
        /** A folder of pictures that the user named. */
        IMAGES("the pictures in", ""),
        /** Files that were downloaded before. */
        CACHE("the cache", " Delete the file, and it is downloaded again."),
        /** Files that the system's package manager installed. */
        INSTALLED("the installed package", " Fix it with: apt-get install --reinstall dataset-fashion-mnist"),
        /** Files that were downloaded just now. */
        DOWNLOAD("a download", " Delete the file, and it is downloaded again.");

        private final String noun;
        private final String hint;

        Kind(String noun, String hint) {
            this.noun = noun;
            this.hint = hint;
        }

        /** What helps when a file of this kind of place is broken, with a space before; empty if nothing special. */
        public String hint() {
            return hint;
        }
    }

    /** As in "the cache, /home/ann/.cache/residual/fashion-mnist". */
    public String describe() {
        return kind.noun + (kind == Kind.IMAGES ? " " : ", ") + place;
    }
}
