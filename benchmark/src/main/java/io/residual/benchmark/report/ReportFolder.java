package io.residual.benchmark.report;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.residual.benchmark.measurement.MeasurementPlan;
import io.residual.benchmark.rounds.Contestant;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Machine;
import io.residual.benchmark.rounds.Results;
import io.residual.benchmark.rounds.Results.Absent;
import io.residual.benchmark.rounds.Results.Checked;
import io.residual.benchmark.rounds.Results.Measured;
import io.residual.benchmark.rounds.Results.MeasuredLimits;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The folder of {@code benchmark.md}, {@code benchmark.json} and a chart for each case and task. */
public record ReportFolder(Path folder) {
    private static final String JSON = "benchmark.json";

    /** 2 since cases name their network. */
    private static final int FORMAT = 2;

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
            MeasurementPlan pace,
            int threads,
            List<Entrant> contestants,
            List<Measured> measured,
            List<MeasuredLimits> limits,
            List<Absent> absent,
            List<Checked> checks,
            List<CaseTable.Contest> standings) {}

    /** A contestant, without the paths of this machine. */
    private record Entrant(String name, Family family, String description, String settings) {
        static Entrant of(Contestant contestant) {
            return new Entrant(contestant.name(), contestant.family(), contestant.description(), contestant.settings());
        }
    }

    /**
     * Writes all of them, over those of an earlier run.
     *
     * @return the tables as text
     */
    public String write(Results results) throws IOException {
        CaseTable standings = CaseTable.of(results);
        BenchmarkPage page = new BenchmarkPage(results, standings);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("benchmark.md"), page.markdown());
        draw(standings.contests());
        Files.writeString(folder.resolve(JSON), json(document(results, standings)));
        return page.text();
    }

    /**
     * Draws the charts anew from {@code benchmark.json}.
     *
     * @throws ResidualException of kind BAD_DATA if that is missing or is none
     */
    public void redraw() throws IOException {
        Path file = folder.resolve(JSON);
        if (!Files.isRegularFile(file)) {
            throw new ResidualException(Kind.BAD_DATA, file + " is not there: name the folder of a run with --out");
        }
        ObjectMapper mapper = new ObjectMapper();
        List<CaseTable.Contest> contests;
        try {
            JsonNode json = mapper.readTree(file.toFile());
            if (json.path("format").asInt() != FORMAT) {
                throw new ResidualException(
                        Kind.BAD_DATA,
                        file + ": expected format " + FORMAT + ", got " + json.path("format")
                                + ": measure anew with this program");
            }
            contests = mapper.treeToValue(json.path("standings"), new TypeReference<>() {});
        } catch (JacksonException e) {
            throw new ResidualException(
                    Kind.BAD_DATA, file + ": is no result of the benchmark: " + e.getOriginalMessage(), e);
        }
        draw(contests);
    }

    private void draw(List<CaseTable.Contest> contests) throws IOException {
        for (CaseTable.Contest contest : contests) {
            CaseChart chart = new CaseChart(contest);
            Files.writeString(folder.resolve(chart.file()), chart.svg());
        }
    }

    private static Document document(Results results, CaseTable standings) {
        return new Document(
                FORMAT,
                results.started(),
                results.machine(),
                results.pace(),
                results.threads(),
                results.contestants().stream().map(Entrant::of).toList(),
                results.measured(),
                results.limits(),
                results.absent(),
                results.checks(),
                standings.contests());
    }

    private static String json(Document document) throws IOException {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(document) + "\n";
    }
}
