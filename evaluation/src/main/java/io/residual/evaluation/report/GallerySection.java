package io.residual.evaluation.report;

import io.residual.data.Batch;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.picture.Luma;
import io.residual.evaluation.explain.GradCam;
import io.residual.evaluation.explain.HeatGrid;
import io.residual.evaluation.explain.Overlay;
import io.residual.evaluation.metrics.Scores;
import io.residual.report.page.InlineImage;
import io.residual.report.page.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Pictures of the images that deserve a look. */
final class GallerySection {
    private static final int MISTAKES = 24;
    private static final int OF_EACH_CLASS = 6;
    /** A coarser map says less than the image itself. */
    private static final int LEAST_ROWS = 3;

    private static final int SCALE = 4;
    /** Activations of all layers are kept for a map, so few images go at once. */
    private static final int BATCH = 32;

    private final Evaluation evaluation;
    private final Scores scores;
    private final GradCam gradCam;

    private GallerySection(Evaluation evaluation) {
        this.evaluation = evaluation;
        this.scores = evaluation.scores();
        this.gradCam = GradCam.of(evaluation.model().network());
    }

    static GallerySection of(Evaluation evaluation) {
        return new GallerySection(evaluation);
    }

    /** Wrong predictions, the surest first. */
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
                        "The model was surest of these, and wrong, or their labels are: ./residual labels looks for such.",
                        heats,
                        "the predicted class")
                .gallery(pictures(wrong, heats));
    }

    /** For each class its images with the least probability of that class. */
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
                        "The images to whose true class the model gave the least probability, by class.",
                        heats,
                        "the true class")
                .gallery(pictures(hard, heats));
    }

    private static Section explained(Section section, String text, List<Optional<HeatGrid>> heats, String soughtClass) {
        boolean mapped = heats.stream().anyMatch(Optional::isPresent);
        return section.text(
                mapped
                        ? text + " At the right, orange marks what spoke for " + soughtClass
                                + " (Grad-CAM of the last residual stage)."
                        : text + " The last residual stage of this network has fewer than " + LEAST_ROWS + " x "
                                + LEAST_ROWS + " places, too few for a heat map.");
    }

    private List<Optional<HeatGrid>> heats(List<Integer> indices, IntUnaryOperator soughtClass) {
        ImageSet subset =
                evaluation.images().subset(indices.stream().mapToInt(i -> i).toArray());
        ImageBatches batches =
                new ImageBatches(subset, BATCH, evaluation.model().input(), new BatchOrder.Sequential());
        List<Optional<HeatGrid>> heats = new ArrayList<>();
        while (batches.hasNext()) {
            Batch batch = batches.next();
            int[] classes = IntStream.range(0, batch.size())
                    .map(i -> soughtClass.applyAsInt(indices.get(heats.size() + i)))
                    .toArray();
            for (HeatGrid grid : gradCam.of(batch.images(), classes)) {
                heats.add(Optional.of(grid).filter(g -> g.rows() >= LEAST_ROWS && g.columns() >= LEAST_ROWS));
            }
        }
        return heats;
    }

    private List<InlineImage> pictures(List<Integer> indices, List<Optional<HeatGrid>> heats) {
        List<InlineImage> pictures = new ArrayList<>();
        for (int i = 0; i < indices.size(); i++) {
            pictures.add(picture(indices.get(i), heats.get(i)));
        }
        return pictures;
    }

    private InlineImage picture(int index, Optional<HeatGrid> heat) {
        ImageSet images = evaluation.images();
        byte[] grey = grey(images, index);
        String actual = evaluation.className(scores.label(index));
        String predicted = evaluation.className(scores.predicted(index));
        String alternative = "Image " + images.position(index) + " of class " + actual + ", predicted as " + predicted;
        String caption = actual + ": " + Figures.percent(scores.score(index, scores.label(index)))
                + (scores.isRight(index) ? "" : "\n" + predicted + ": " + Figures.percent(scores.highest(index)))
                + "\nno. " + images.position(index);
        return InlineImage.of(
                heat.map(grid -> Overlay.beside(grey, images.height(), images.width(), grid, SCALE))
                        .orElseGet(() -> Overlay.plain(grey, images.height(), images.width())),
                alternative,
                caption);
    }

    /** Heat stands out on grey pictures alone, so colours are shown as their luma. */
    private static byte[] grey(ImageSet images, int index) {
        int area = images.height() * images.width();
        byte[] pixels = new byte[images.channels() * area];
        images.copyPixels(index, pixels, 0);
        if (images.channels() == 1) {
            return pixels;
        }
        byte[] grey = new byte[area];
        for (int i = 0; i < area; i++) {
            grey[i] = (byte) Luma.of(pixels[i] & 0xff, pixels[area + i] & 0xff, pixels[2 * area + i] & 0xff);
        }
        return grey;
    }
}
