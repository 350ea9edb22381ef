package io.residual.evaluation.report;

import io.residual.data.Batch;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.picture.Picture;
import io.residual.evaluation.explain.Bitmaps;
import io.residual.evaluation.explain.GradCam;
import io.residual.evaluation.explain.HeatGrid;
import io.residual.evaluation.metrics.Scores;
import io.residual.report.Numbers;
import io.residual.report.page.InlineImage;
import io.residual.report.page.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** The images that are worth a look. */
final class GallerySection {
    private static final int MISTAKES = 24;
    private static final int OF_EACH_CLASS = 6;
    /** A coarser map shows less than the image itself. */
    private static final int MIN_ROWS = 3;

    private static final int SCALE = 4;
    /** Activations of all layers are kept for a map, so batches are small. */
    private static final int BATCH = 32;

    private final Evaluation evaluation;
    private final Scores scores;
    private final GradCam gradCam;

    GallerySection(Evaluation evaluation) {
        this.evaluation = evaluation;
        this.scores = evaluation.scores();
        this.gradCam = GradCam.of(evaluation.model().networks());
    }

    /** Wrong predictions, the most confident first. */
    Section mistakes() {
        List<Integer> wrong = IntStream.range(0, scores.examples())
                .filter(i -> !scores.isRight(i))
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -scores.highest(i)))
                .limit(MISTAKES)
                .toList();
        Section section = Section.of("Most confident mistakes");
        if (wrong.isEmpty()) {
            return section.text("There is no mistake.");
        }
        List<Optional<HeatGrid>> heats = heats(wrong, scores::predicted);
        return explained(
                        section,
                        "The model was most confident of these, and wrong, unless their labels are: ./residual labels"
                                + " finds those.",
                        heats,
                        "the predicted class")
                .gallery(pictures(wrong, heats));
    }

    /** For each class its images with the lowest probability of that class. */
    Section hardest() {
        List<Integer> hard = new ArrayList<>();
        for (int c = 0; c < scores.classes(); c++) {
            int ofClass = c;
            IntStream.range(0, scores.examples())
                    .filter(i -> scores.label(i) == ofClass)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> scores.score(i, ofClass)))
                    .limit(OF_EACH_CLASS)
                    .forEach(hard::add);
        }
        List<Optional<HeatGrid>> heats = heats(hard, scores::label);
        return explained(
                        Section.of("Hardest images of each class"),
                        "The images to whose true class the model gave the lowest probability, by class.",
                        heats,
                        "the true class")
                .gallery(pictures(hard, heats));
    }

    private static Section explained(Section section, String text, List<Optional<HeatGrid>> heats, String targetClass) {
        boolean mapped = heats.stream().anyMatch(Optional::isPresent);
        return section.text(
                mapped
                        ? text + " At the right, orange marks what supports " + targetClass
                                + " (Grad-CAM of the last residual stage)."
                        : text + " The last residual stage of this network has fewer than " + MIN_ROWS + " x "
                                + MIN_ROWS + " places, too few for a heat map.");
    }

    private List<Optional<HeatGrid>> heats(List<Integer> indices, IntUnaryOperator targetClass) {
        ImageSet subset =
                evaluation.images().subset(indices.stream().mapToInt(i -> i).toArray());
        ImageBatches batches =
                new ImageBatches(subset, BATCH, evaluation.model().input(), new BatchOrder.Sequential());
        List<Optional<HeatGrid>> heats = new ArrayList<>();
        while (batches.hasNext()) {
            try (Batch batch = batches.next()) {
                int[] classes = IntStream.range(0, batch.size())
                        .map(i -> targetClass.applyAsInt(indices.get(heats.size() + i)))
                        .toArray();
                for (HeatGrid grid : gradCam.of(batch.images(), classes)) {
                    heats.add(Optional.of(grid).filter(g -> g.rows() >= MIN_ROWS && g.columns() >= MIN_ROWS));
                }
            }
        }
        return heats;
    }

    private List<InlineImage> pictures(List<Integer> indices, List<Optional<HeatGrid>> heats) {
        return IntStream.range(0, indices.size())
                .mapToObj(i -> picture(indices.get(i), heats.get(i)))
                .toList();
    }

    private InlineImage picture(int index, Optional<HeatGrid> heat) {
        ImageSet images = evaluation.images();
        Picture picture = Bitmaps.picture(images, index);
        String actual = evaluation.className(scores.label(index));
        String predicted = evaluation.className(scores.predicted(index));
        String alternative = images.name(index) + ", of class " + actual + ", predicted as " + predicted;
        String caption = actual + ": " + Numbers.percent(scores.score(index, scores.label(index)), 1)
                + (scores.isRight(index) ? "" : "\n" + predicted + ": " + Numbers.percent(scores.highest(index), 1))
                + "\n" + images.name(index);
        return InlineImage.of(
                heat.map(grid -> Bitmaps.withHeat(picture, grid, SCALE))
                        .orElseGet(() -> Bitmaps.of(picture.withChannels(1))),
                alternative,
                caption);
    }
}
