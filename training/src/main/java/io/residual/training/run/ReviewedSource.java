package io.residual.training.run;

import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Origin;
import io.residual.data.SkippedFiles;
import io.residual.data.Split;
import java.util.function.Consumer;

/** The images of a place with the labels that reviewers have decided. Images are held back as without the decisions. */
final class ReviewedSource implements DataSource {
    private final DataSource place;
    private final LabelDecisions decisions;
    private final Consumer<ImageSet> requirement;
    private boolean checked;

    /** @param requirement refuses training images that the decisions were not made on, before any are used */
    ReviewedSource(DataSource place, LabelDecisions decisions, Consumer<ImageSet> requirement) {
        this.place = place;
        this.decisions = decisions;
        this.requirement = requirement;
    }

    private ImageSet reviewed(ImageSet images) {
        if (!checked) {
            requirement.accept(place.wholeTraining());
            checked = true;
        }
        return decisions.apply(images, Split.TRAIN).withDigest(LabelDecisions.DIGEST, decisions.sha256());
    }

    /** Test images keep their labels: decisions must not change what results are compared on. */
    @Override
    public ImageSet open(Split split, long seed) {
        ImageSet images = place.open(split, seed);
        return split == Split.TEST ? images : reviewed(images);
    }

    @Override
    public ImageSet wholeTraining() {
        return reviewed(place.wholeTraining());
    }

    @Override
    public ImageSet labelled() {
        return place.labelled();
    }

    @Override
    public Origin origin() {
        return place.origin();
    }

    @Override
    public boolean has(Split split) {
        return place.has(split);
    }

    @Override
    public SkippedFiles skipped() {
        return place.skipped();
    }
}
