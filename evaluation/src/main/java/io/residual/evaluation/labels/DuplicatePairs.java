package io.residual.evaluation.labels;

import io.residual.data.ImageSet;
import io.residual.evaluation.labels.NearDuplicates.Pair;
import java.util.List;

/**
 * Images of two parts of the data, or of one, that are identical or nearly so.
 *
 * @param description the parts, in words
 * @param first the set of the first image of each pair
 * @param second the set of the second image of each pair
 * @param pairs the most similar first
 */
public record DuplicatePairs(String description, ImageSet first, ImageSet second, List<Pair> pairs) {
    public DuplicatePairs {
        pairs = List.copyOf(pairs);
    }

    /** Pairs within one part. */
    public static DuplicatePairs within(String part, ImageSet images, double tolerance) {
        return new DuplicatePairs("within " + part, images, images, NearDuplicates.within(images, tolerance));
    }

    /** Pairs of one image of each part. */
    public static DuplicatePairs between(
            String firstPart, ImageSet first, String secondPart, ImageSet second, double tolerance) {
        return new DuplicatePairs(
                firstPart + " and " + secondPart, first, second, NearDuplicates.between(first, second, tolerance));
    }

    /** Pairs of images that are identical in every pixel. */
    public long identical() {
        return pairs.stream().filter(pair -> pair.difference() == 0).count();
    }

    /** Whether the two images of a pair have different labels: at least one of them is then wrong or doubtful. */
    public boolean disagrees(Pair pair) {
        return first.label(pair.first()) != second.label(pair.second());
    }

    /** Pairs whose labels differ. */
    public long withDifferentLabels() {
        return pairs.stream().filter(this::disagrees).count();
    }
}
