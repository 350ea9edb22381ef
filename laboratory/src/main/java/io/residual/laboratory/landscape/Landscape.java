package io.residual.laboratory.landscape;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.residual.laboratory.experiments.training.StudiedNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The loss of a network over a plane through its weights.
 *
 * @param places along either direction, rising; 0, the weights themselves, is one of them
 * @param losses [places along the second direction, places along the first], in nats; empty where it is no number
 * @param classes of the images
 * @param accuracy at the centre, on the same images
 * @param training what led there, in words
 */
@JsonIgnoreProperties("classes")
@JsonPropertyOrder({"subject", "training", "accuracy", "places", "losses"})
public record Landscape(
        StudiedNetwork subject,
        List<Double> places,
        List<List<OptionalDouble>> losses,
        int classes,
        double accuracy,
        String training) {
    public Landscape {
        places = List.copyOf(places);
        losses = losses.stream().map(List::copyOf).toList();
        int count = places.size();
        if (losses.size() != count || losses.stream().anyMatch(row -> row.size() != count)) {
            throw new IllegalArgumentException("the losses are not " + count + " rows of " + count);
        }
        if (!places.contains(0.0)) {
            throw new IllegalArgumentException("the weights themselves are not among the places " + places);
        }
    }

    /**
     * Places from -reach to reach.
     *
     * @param count an odd number, at least 3
     */
    public static List<Double> places(int count, double reach) {
        int half = count / 2;
        List<Double> places = new ArrayList<>();
        for (int i = -half; i <= half; i++) {
            places.add(reach * i / half);
        }
        return places;
    }

    /** Loss of the weights themselves. */
    public OptionalDouble centre() {
        int middle = places.indexOf(0.0);
        return losses.get(middle).get(middle);
    }

    /** Loss of a guess that knows nothing, in nats. */
    public double guess() {
        return Math.log(classes);
    }

    /** Share of the plane's places with a loss below one. */
    public double shareBelow(double loss) {
        long below = losses.stream()
                .flatMap(List::stream)
                .filter(value -> value.isPresent() && value.getAsDouble() < loss)
                .count();
        return (double) below / (places.size() * places.size());
    }
}
