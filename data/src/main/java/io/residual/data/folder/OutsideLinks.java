package io.residual.data.folder;

/** What happens with symbolic links that lead out of the folder of a data set; links within it are followed. */
public enum OutsideLinks {
    /** The first is named, and the run does not start: a data set from a stranger must not reach other files. */
    REFUSE,
    /** They are followed, for data sets that are made of links. */
    FOLLOW
}
