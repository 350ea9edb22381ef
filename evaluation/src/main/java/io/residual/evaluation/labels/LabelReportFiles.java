package io.residual.evaluation.labels;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.core.ResidualException;
import io.residual.evaluation.labels.ConfidentLearning.Suspect;
import io.residual.evaluation.labels.NearDuplicates.Pair;
import io.residual.training.cli.OutputFile;
import io.residual.training.run.StrictJson;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The files of a report: {@code labels.html}, {@code labels.json} and {@code suspects.csv}, over those of an earlier one.
 * Fields of the JSON are only ever added: other programs read it.
 */
record LabelReportFiles(Path html, Path json, Path csv) {
    static LabelReportFiles in(Path directory) {
        return new LabelReportFiles(
                directory.resolve("labels.html"), directory.resolve("labels.json"), directory.resolve("suspects.csv"));
    }

    /**
     * Writes all, each completely or not at all.
     *
     * @throws ResidualException of kind BAD_RUN if the directory cannot be written
     */
    void write(LabelReport report) {
        write(html, LabelReportPage.of(report).toHtml());
        write(json, json(report));
        write(csv, csv(report));
    }

    private static void write(Path file, String text) {
        OutputFile.write(file, text, "is its directory writable?");
    }

    /** A line for each suspect, by part, the least likely label first; names of classes and images are quoted if they need it. */
    static String csv(LabelReport report) {
        StringBuilder csv = new StringBuilder("part,position,label,likely,self_confidence,normalized_margin,name\n");
        for (LabelIssues issues : report.parts()) {
            for (Suspect suspect : issues.suspects()) {
                csv.append(String.format(
                        Locale.ROOT,
                        "%s,%d,%s,%s,%.6f,%.6f,%s%n",
                        issues.part(),
                        issues.images().position(suspect.example()),
                        quoted(issues.className(suspect.label())),
                        quoted(issues.className(suspect.likely())),
                        suspect.selfConfidence(),
                        suspect.normalizedMargin(),
                        quoted(issues.images().name(suspect.example()))));
            }
        }
        return csv.toString();
    }

    private static String quoted(String name) {
        return name.matches("[^,\"\\r\\n]*") ? name : "\"" + name.replace("\"", "\"\"") + "\"";
    }

    private static String json(LabelReport report) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("origin", report.origin());
        json.put("preset", report.crossValidation().trainer().preset());
        json.put("folds", report.crossValidation().folds());
        report.training().images().classNames().forEach(json.putArray("classes")::add);
        ObjectNode parts = json.putObject("parts");
        report.parts().forEach(issues -> parts.set(issues.part(), part(issues)));
        report.test().ifPresent(test -> ((ObjectNode) parts.get(test.issues().part())).put("run", test.run()));
        ObjectNode likes = json.putObject("likeImages");
        likes.put("tolerance", report.tolerance());
        ArrayNode between = likes.putArray("between");
        report.duplicates().forEach(pairs -> between.add(duplicates(pairs)));
        return StrictJson.pretty(json);
    }

    private static ObjectNode part(LabelIssues issues) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("images", issues.images().size());
        ObjectNode sha256 = json.putObject("sha256");
        issues.images().digests().forEach(sha256::put);
        json.put("accuracy", issues.accuracy());
        json.put("accuracyWithoutSuspects", issues.accuracyWithoutSuspects());
        json.put("estimatedWrongShare", issues.learning().wrongShare());
        issues.learning().thresholds().forEach(json.putArray("thresholds")::add);
        matrix(json.putArray("joint"), issues.learning().joint());
        matrix(json.putArray("noiseMatrix"), issues.learning().noiseMatrix());
        ArrayNode ranking = json.putArray("ranking");
        issues.ranking().forEach(i -> ranking.add(issues.images().position(i)));
        ArrayNode rankedNames = json.putArray("rankedNames");
        issues.ranking().forEach(i -> rankedNames.add(issues.images().name(i)));
        ArrayNode suspects = json.putArray("suspects");
        for (Suspect suspect : issues.suspects()) {
            suspects.addObject()
                    .put("name", issues.images().name(suspect.example()))
                    .put("position", issues.images().position(suspect.example()))
                    .put("label", issues.className(suspect.label()))
                    .put("likely", issues.className(suspect.likely()))
                    .put("selfConfidence", suspect.selfConfidence())
                    .put("normalizedMargin", suspect.normalizedMargin());
        }
        return json;
    }

    private static void matrix(ArrayNode json, List<List<Double>> matrix) {
        matrix.forEach(row -> row.forEach(json.addArray()::add));
    }

    private static ObjectNode duplicates(DuplicatePairs duplicates) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("where", duplicates.description());
        json.put("equal", duplicates.identical());
        json.put("differentLabels", duplicates.withDifferentLabels());
        ArrayNode pairs = json.putArray("pairs");
        for (Pair pair : duplicates.pairs()) {
            pairs.addObject()
                    .put("firstName", duplicates.first().name(pair.first()))
                    .put("secondName", duplicates.second().name(pair.second()))
                    .put("first", duplicates.first().position(pair.first()))
                    .put("second", duplicates.second().position(pair.second()))
                    .put("difference", pair.difference())
                    .put("sameLabel", !duplicates.disagrees(pair));
        }
        return json;
    }
}
