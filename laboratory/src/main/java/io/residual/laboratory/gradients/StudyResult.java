package io.residual.laboratory.gradients;

import io.residual.laboratory.experiments.training.StudiedNetwork;
import io.residual.laboratory.experiments.training.StudyFiles;
import io.residual.training.run.Versions;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that a study has measured.
 *
 * @param trajectories at least one
 */
public record StudyResult(List<Trajectory> trajectories, Provenance origin) {
    /** The file with the charts. */
    public static final String PAGE = "gradients.html";
    /** The file with all numbers. */
    public static final String JSON = "gradients.json";

    /**
     * Where the numbers come from.
     *
     * @param command that produces them again
     * @param batches that each measurement is the mean of
     * @param data in words
     * @param dataSha256 digests of the data's files, by name
     * @param kernels in words
     * @param spec of the first network, as YAML; the others differ by depth, shortcuts, batch size and seed
     */
    public record Provenance(
            String command,
            int batches,
            String data,
            SortedMap<String, String> dataSha256,
            String kernels,
            Versions versions,
            String spec) {
        public Provenance {
            dataSha256 = Collections.unmodifiableSortedMap(new TreeMap<>(dataSha256));
        }
    }

    public StudyResult {
        trajectories = List.copyOf(trajectories);
        if (trajectories.isEmpty()) {
            throw new IllegalArgumentException("a result without a network");
        }
    }

    /**
     * Writes {@value #PAGE}, {@value #JSON} with all numbers, and {@code parameters.csv}, {@code outputs.csv} and
     * {@code blocks.csv} with the same.
     *
     * @throws io.residual.core.ResidualException of kind BAD_RUN if one cannot be written
     */
    public void write(StudyFiles files) {
        files.writeJson(JSON, this);
        files.write("parameters.csv", Csv.parameters(this));
        files.write("outputs.csv", Csv.outputs(this));
        files.write("blocks.csv", Csv.blocks(this));
        files.write(PAGE, GradientsPage.of(this).toHtml());
    }

    /**
     * A network along its training.
     *
     * @param snapshots in the order of time, the first one at the start
     * @param losses of the steps, in nats
     * @param divergence how its training diverged; empty if it did not
     */
    public record Trajectory(StudiedNetwork subject, List<Snapshot> snapshots, List<Double> losses, String divergence) {
        public Trajectory {
            snapshots = List.copyOf(snapshots);
            losses = List.copyOf(losses);
            if (snapshots.isEmpty()) {
                throw new IllegalArgumentException(subject.name() + ": nothing was measured");
            }
        }

        Snapshot start() {
            return snapshots.get(0);
        }
    }
}
