package io.residual.benchmark.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.residual.benchmark.measurement.Json;
import io.residual.benchmark.measurement.MeasurementPlan;
import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.rounds.Contestant;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Machine;
import io.residual.benchmark.rounds.Results;
import io.residual.benchmark.rounds.Results.EqualityResult;
import io.residual.benchmark.rounds.Results.MeasuredLimits;
import io.residual.benchmark.rounds.Results.SkippedRun;
import io.residual.benchmark.rounds.Results.TimedRun;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The folder of {@code benchmark.md}, {@code benchmark.json} and a chart for each case and task. */
public record ReportFolder(Path folder) {
    private static final String JSON = "benchmark.json";

    /** 2 since cases name their network, 3 since contestants have a precision. */
    private static final int FORMAT = 3;

    /**
     * Content of the JSON file.
     *
     * @param format number of this layout
     * @param measured raw durations of every step of every process
     */
    private record Document(
            int format,
            String started,
            Machine machine,
            @JsonProperty("pace") MeasurementPlan plan,
            int threads,
            List<ContestantInfo> contestants,
            List<TimedRun> measured,
            List<MeasuredLimits> limits,
            @JsonProperty("absent") List<SkippedRun> skipped,
            List<EqualityResult> checks,
            @JsonProperty("standings") List<CaseTable.CaseResult> cases) {}

    /** A contestant, without the paths of this machine. */
    private record ContestantInfo(
            String name, Family family, Precision precision, String description, String settings) {
        static ContestantInfo of(Contestant contestant) {
            return new ContestantInfo(
                    contestant.name(),
                    contestant.family(),
                    contestant.precision(),
                    contestant.description(),
                    contestant.settings());
        }
    }

    /**
     * Writes all of them, over those of an earlier run.
     *
     * @return the tables as text
     */
    public String write(Results results) throws IOException {
        CaseTable table = CaseTable.of(results);
        BenchmarkPage page = new BenchmarkPage(results, table);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("benchmark.md"), page.markdown());
        draw(table.cases());
        String json = Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document(results, table));
        Files.writeString(folder.resolve(JSON), json + "\n");
        return page.text();
    }

    /**
     * Draws the charts again from {@code benchmark.json}.
     *
     * @throws ResidualException of kind BAD_DATA if that is missing or not valid
     */
    public void redraw() throws IOException {
        Path file = folder.resolve(JSON);
        if (!Files.isRegularFile(file)) {
            throw new ResidualException(
                    Kind.BAD_DATA, file + " does not exist: give the folder of an earlier benchmark");
        }
        List<CaseTable.CaseResult> cases;
        try {
            JsonNode json = Json.MAPPER.readTree(file.toFile());
            if (json.path("format").asInt() != FORMAT) {
                throw new ResidualException(
                        Kind.BAD_DATA,
                        file + ": expected format " + FORMAT + ", got " + json.path("format")
                                + ": measure again with this program");
            }
            cases = Json.MAPPER.treeToValue(json.path("standings"), new TypeReference<>() {});
        } catch (JacksonException e) {
            throw new ResidualException(
                    Kind.BAD_DATA, file + ": not a result of the benchmark: " + e.getOriginalMessage(), e);
        }
        draw(cases);
    }

    private void draw(List<CaseTable.CaseResult> cases) throws IOException {
        for (CaseTable.CaseResult result : cases) {
            CaseChart chart = new CaseChart(result);
            Files.writeString(folder.resolve(chart.file()), chart.svg());
        }
    }

    private static Document document(Results results, CaseTable table) {
        return new Document(
                FORMAT,
                results.started(),
                results.machine(),
                results.plan(),
                results.threads(),
                results.contestants().stream().map(ContestantInfo::of).toList(),
                results.measured(),
                results.limits(),
                results.skipped(),
                results.checks(),
                table.cases());
    }
}
