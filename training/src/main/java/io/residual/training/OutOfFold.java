package io.residual.training;

import io.residual.data.ImageSet;
import io.residual.training.loop.Inference;
import io.residual.training.loop.ScoreSum;
import io.residual.training.metrics.ConfusionMatrix;
import io.residual.training.run.StrictJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Predictions of every image by a network that was not trained on it. Immutable. */
public final class OutOfFold {
    private final ImageSet images;
    private final List<Part> parts;

    /**
     * A fold.
     *
     * @param images that were held out, by their index in the set
     * @param probabilities a row for each of them
     */
    record Part(List<Integer> images, List<float[]> probabilities) {
        Part {
            images = List.copyOf(images);
            probabilities = List.copyOf(probabilities);
        }
    }

    OutOfFold(ImageSet images, List<Part> parts) {
        this.images = images;
        this.parts = List.copyOf(parts);
    }

    /** The probabilities of all images, [images, classes], in the order of the set. */
    public float[][] probabilities() {
        float[][] all = new float[images.size()][];
        for (Part part : parts) {
            for (int i = 0; i < part.images().size(); i++) {
                all[part.images().get(i)] = part.probabilities().get(i).clone();
            }
        }
        return all;
    }

    /** The predictions of all images. */
    public ConfusionMatrix confusion() {
        return Inference.confusion(probabilities(), images);
    }

    /** The predictions of the images that a fold holds out, counted from 0. */
    public ConfusionMatrix confusion(int fold) {
        return Inference.confusion(rows(fold), heldOut(fold));
    }

    /** Loss and accuracy of the images that a fold holds out, counted from 0. */
    public ScoreSum score(int fold) {
        return Inference.score(rows(fold), heldOut(fold));
    }

    private float[][] rows(int fold) {
        return parts.get(fold).probabilities().toArray(float[][]::new);
    }

    private ImageSet heldOut(int fold) {
        return images.subset(parts.get(fold).images().stream().mapToInt(i -> i).toArray());
    }

    /**
     * A line of JSON for each image in the order of the set, as in {@code {"file": "cat/1.png", "label": "cat", "fold": 2,
     * "class": "dog", "probability": 0.75, "probabilities": {"cat": 0.25, "dog": 0.75}}}.
     */
    public String lines() {
        float[][] probabilities = probabilities();
        int[] folds = new int[images.size()];
        for (int fold = 0; fold < parts.size(); fold++) {
            for (int image : parts.get(fold).images()) {
                folds[image] = fold + 1;
            }
        }
        return IntStream.range(0, images.size())
                .mapToObj(i -> StrictJson.line(line(i, folds[i], probabilities[i])))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private Map<String, Object> line(int image, int fold, float[] row) {
        List<String> classes = images.classNames();
        Map<String, Float> byClass = new LinkedHashMap<>();
        for (int c = 0; c < row.length; c++) {
            byClass.put(classes.get(c), row[c]);
        }
        int predicted = Inference.highest(row);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("file", images.name(image));
        line.put("label", classes.get(images.label(image)));
        line.put("fold", fold);
        line.put("class", classes.get(predicted));
        line.put("probability", row[predicted]);
        line.put("probabilities", byClass);
        return line;
    }
}
