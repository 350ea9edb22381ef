package io.residual.laboratory.gradients;

import io.residual.training.run.Versions;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the figures come from.
 *
 * @param command that makes them again
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
