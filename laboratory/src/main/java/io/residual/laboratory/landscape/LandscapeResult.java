package io.residual.laboratory.landscape;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.residual.laboratory.experiments.training.StudyFiles;
import io.residual.training.run.Versions;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The losses around some networks.
 *
 * @param landscapes at least one
 * @param images that the loss is the mean of
 * @param command that produces them again
 */
@JsonPropertyOrder({"command", "images", "versions", "landscapes"})
public record LandscapeResult(List<Landscape> landscapes, int images, String command, Versions versions) {
    /** The file with the charts. */
    public static final String PAGE = "landscape.html";
    /** The files with all numbers. */
    public static final String JSON = "landscape.json";

    public static final String CSV = "landscape.csv";

    public LandscapeResult {
        landscapes = List.copyOf(landscapes);
        if (landscapes.isEmpty()) {
            throw new IllegalArgumentException("a result without a network");
        }
    }

    /**
     * Writes {@value #PAGE}, {@value #JSON} and {@value #CSV}.
     *
     * @throws io.residual.core.ResidualException of kind BAD_RUN if one cannot be written
     */
    public void write(StudyFiles files) {
        files.writeJson(JSON, this);
        files.write(CSV, csv());
        files.write(PAGE, LandscapePage.of(this).toHtml());
    }

    /** A line for each place. */
    private String csv() {
        StudyFiles.Csv csv = new StudyFiles.Csv("first,second,loss");
        for (Landscape landscape : landscapes) {
            List<Double> places = landscape.places();
            for (int b = 0; b < places.size(); b++) {
                for (int a = 0; a < places.size(); a++) {
                    OptionalDouble loss = landscape.losses().get(b).get(a);
                    csv.row(landscape.subject(), List.of(places.get(a), places.get(b)), List.of(loss));
                }
            }
        }
        return csv.toString();
    }
}
