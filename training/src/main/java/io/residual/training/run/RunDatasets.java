package io.residual.training.run;

import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedFolds;
import io.residual.data.StratifiedSplit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The images of a run.
 *
 * @param origin where they come from; what a run must not go on without
 * @param train images to learn from
 * @param validation images that are judged after each epoch
 * @param skipped the corrupt images that were left out, each with the reason
 */
public record RunDatasets(DataOrigin origin, ImageSet train, ImageSet validation, List<String> skipped) {
    public RunDatasets {
        skipped = List.copyOf(skipped);
    }

    /** The training images of a source and those that it holds back for validation. */
    public static RunDatasets of(DataSource source) {
        ImageSet train = source.open(Split.TRAIN, StratifiedSplit.SEED);
        ImageSet validation = source.open(Split.VALIDATION, StratifiedSplit.SEED);
        Map<String, String> digests = new TreeMap<>(train.digests());
        digests.putAll(validation.digests());
        DataOrigin origin = DataOrigin.of(source.origin().describe(), train.channels(), train.classNames(), digests);
        return new RunDatasets(origin, train, validation, source.skipped());
    }

    /**
     * One fold of a cross-validation: it is held out for validation, the others are for training.
     *
     * @param location where the images come from, in words
     * @param fold from 0
     */
    public static RunDatasets of(StratifiedFolds folds, int fold, String location) {
        ImageSet all = folds.images();
        String name = String.format(Locale.ROOT, "fold %d of %d", fold + 1, folds.count());
        ImageSet train = folds.others(fold);
        DataOrigin origin = DataOrigin.of(
                location, all.channels(), all.classNames(), Map.of("all but " + name, train.contentSha256()));
        return new RunDatasets(origin, train, folds.heldOut(fold), List.of());
    }
}
