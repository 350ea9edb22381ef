package io.residual.spark.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.evaluation.predict.PredictionCounts;
import io.residual.spark.cluster.SharedStorage;
import io.residual.training.run.StrictJson;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The output of a prediction: a file for each part, {@code part-00000.jsonl}, and in {@code _done} how many images it has,
 * written when the file is complete. {@code _plan.json} says what is predicted; Spark skips names that start like that.
 *
 * @param storage the folder
 * @param format name of a {@link PartFormat}
 */
record PredictionFolder(SharedStorage storage, String format) implements Serializable {
    private static final String PLAN = "_plan.json";
    private static final String DONE = "_done";

    /**
     * What decides every byte of the output.
     *
     * @param model digest of the model
     * @param settings how it classifies
     * @param images digest of the parts
     */
    record Plan(String model, String settings, String format, String images, int parts) {}

    /**
     * Starts a prediction, or resumes the same one.
     *
     * @return what was counted in the parts that are complete, by their numbers
     * @throws ResidualException of kind BAD_RUN if the folder holds anything else
     */
    Map<Integer, PredictionCounts> start(Plan plan) {
        List<SharedStorage.Entry> present = storage.list("");
        if (present.stream().noneMatch(entry -> entry.name().equals(PLAN))) {
            if (!present.isEmpty()) {
                throw new ResidualException(
                        Kind.BAD_RUN,
                        storage + ": the folder is not empty (it holds "
                                + present.get(0).name() + "), and a prediction never overwrites: give another --out");
            }
            storage.put(StrictJson.pretty(plan).getBytes(StandardCharsets.UTF_8), PLAN);
            return new TreeMap<>();
        }
        if (!read(PLAN, Plan.class).equals(plan)) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    storage + ": holds predictions of other images, of another model or with other options: give"
                            + " another --out, or repeat the command that started them");
        }
        Map<Integer, PredictionCounts> complete = new TreeMap<>();
        Set<String> done =
                storage.list(DONE).stream().map(SharedStorage.Entry::name).collect(Collectors.toSet());
        for (int part = 0; part < plan.parts(); part++) {
            if (done.contains(name(part) + ".json")) {
                complete.put(part, read(DONE + "/" + name(part) + ".json", PredictionCounts.class));
            }
        }
        return complete;
    }

    private <T extends Record> T read(String name, Class<T> type) {
        try {
            return StrictJson.read(new String(storage.read(name), StandardCharsets.UTF_8), type);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    storage + "/" + name + ": " + e.getMessage() + ": delete it, or give another --out",
                    e);
        }
    }

    private static String name(int part) {
        return String.format(Locale.ROOT, "part-%05d", part);
    }

    PartFormat partFormat() {
        return PartFormat.valueOf(format);
    }

    /** Adds a complete part. */
    void add(int part, Path file, PredictionCounts counts) {
        storage.put(file, name(part) + "." + partFormat());
        storage.put(StrictJson.pretty(counts).getBytes(StandardCharsets.UTF_8), DONE + "/" + name(part) + ".json");
    }
}
