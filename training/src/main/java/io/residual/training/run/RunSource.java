package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Origin;
import io.residual.data.SkippedFiles;
import io.residual.data.Split;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The images of a place, in the parts that a run made of them: those that it learned from and those that it held back are the
 * same whatever was added, renamed or moved since.
 */
final class RunSource implements DataSource {
    private static final Logger LOG = LogManager.getLogger(RunSource.class);

    private final RunDirectory run;
    private final DataSource place;
    private final Optional<ImageList> list;

    RunSource(RunDirectory run, DataSource place) {
        this.run = run;
        this.place = place;
        this.list = ImageList.of(run);
    }

    @Override
    public Origin origin() {
        return place.origin();
    }

    /**
     * Reads one part of the data.
     *
     * @throws ResidualException of kind BAD_DATA if images of the run have changed, or none of them is left
     */
    @Override
    public ImageSet open(Split split, long seed) {
        if (split == Split.TEST) {
            return place.open(split, seed);
        }
        if (run.isEnsemble()) {
            return ensemble(split, seed);
        }
        return list.isPresent() ? listed(list.get().of(split), split, seed) : derived(split, seed);
    }

    /** The networks of an ensemble have learned from all images together. */
    private ImageSet ensemble(Split split, long seed) {
        if (split == Split.VALIDATION) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    run
                            + ": an ensemble has learned from all training images and holds none back: use the test"
                            + " images");
        }
        if (list.isPresent()) {
            return listed(list.get().of(split), split, seed);
        }
        ImageSet all = place.wholeTraining();
        requireOf(all.digests());
        return all;
    }

    private ImageSet listed(ImageList part, Split split, long seed) {
        ImageList.Found found = part.find(place.open(split, seed));
        if (!found.isComplete()) {
            found = part.find(all(place, seed));
        }
        List<String> changed = found.changed();
        List<String> gone = found.gone();
        if (!changed.isEmpty() || found.images().size() == 0) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    origin().place() + ": images of the run " + run + " are no longer there: "
                            + (changed.isEmpty()
                                    ? ImageList.words("gone", gone)
                                    : ImageList.words("with another content", changed))
                            + ": name the place of its images as they were");
        }
        if (!gone.isEmpty()) {
            LOG.warn("{}: without images of the run that are {}", origin().place(), ImageList.words("gone", gone));
        }
        return found.images();
    }

    /** All images but those of the test part. */
    private static ImageSet all(DataSource place, long seed) {
        return place.open(Split.TRAIN, seed).and(place.open(Split.VALIDATION, seed));
    }

    /** As the run derived it, from images with the same digests. */
    private ImageSet derived(Split split, long seed) {
        ImageSet train = place.open(Split.TRAIN, seed);
        ImageSet validation = place.open(Split.VALIDATION, seed);
        SortedMap<String, String> digests = new TreeMap<>(train.digests());
        digests.putAll(validation.digests());
        requireOf(digests);
        return split == Split.TRAIN ? train : validation;
    }

    private void requireOf(SortedMap<String, String> digests) {
        if (!run.manifest().data().isOf(digests)) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    origin().place() + ": the images are not those of the run " + run
                            + ", and it is not known which of them it learned from: "
                            + differences(run.manifest().data().sha256(), digests)
                            + ": name the place of its images, or use the test images");
        }
    }

    /** As in "train-labels-idx1-ubyte has another content". */
    static String differences(Map<String, String> then, Map<String, String> now) {
        List<String> changed = then.keySet().stream()
                .filter(now::containsKey)
                .filter(name -> !Objects.equals(now.get(name), then.get(name)))
                .toList();
        List<String> gone =
                then.keySet().stream().filter(name -> !now.containsKey(name)).toList();
        return changed.isEmpty()
                ? String.join(", ", gone) + " is missing"
                : String.join(", ", changed) + " has another content";
    }

    @Override
    public boolean has(Split split) {
        return place.has(split);
    }

    @Override
    public ImageSet wholeTraining() {
        return place.wholeTraining();
    }

    @Override
    public ImageSet labelled() {
        ImageSet images = place.labelled();
        long learned = list.map(learning -> learning.learnedFrom(images)).orElse(0L);
        if (learned > 0 && !place.has(Split.TEST)) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    String.format(
                            Locale.ROOT,
                            "%s: the run learned from %,d of these %,d images: name others, or evaluate on the"
                                    + " validation images",
                            origin().place(),
                            learned,
                            images.size()));
        }
        return images;
    }

    @Override
    public SkippedFiles skipped() {
        return place.skipped();
    }
}
