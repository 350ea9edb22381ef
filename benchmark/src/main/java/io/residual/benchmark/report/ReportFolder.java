package io.residual.benchmark.report;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.residual.benchmark.contest.Contestant;
import io.residual.benchmark.contest.Contestant.Family;
import io.residual.benchmark.contest.Machine;
import io.residual.benchmark.contest.Results;
import io.residual.benchmark.contest.Results.Absent;
import io.residual.benchmark.contest.Results.Checked;
import io.residual.benchmark.contest.Results.Measured;
import io.residual.benchmark.contest.Results.MeasuredLimits;
import io.residual.benchmark.worker.Pace;
import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
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
            Pace pace,
            int threads,
            List<Entrant> contestants,
            List<Measured> measured,
            List<MeasuredLimits> limits,
            List<Absent> absent,
            List<Checked> checks,
            List<Standings.Contest> standings) {}

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
        Standings standings = Standings.of(results);
        Page page = new Page(results, standings);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("benchmark.md"), page.markdown());
        draw(standings.contests());
        Files.writeString(folder.resolve(JSON), json(document(results, standings)));
        return page.text();
    }

    /**
     * Draws the charts anew from {@code benchmark.json}.
     *
     * @throws CommandException of status DATA if that is missing or is none
     */
    public void redraw() throws IOException {
        Path file = folder.resolve(JSON);
        if (!Files.isRegularFile(file)) {
            throw new CommandException(ExitStatus.DATA, file + " is not there: name the folder of a run with --out");
        }
        ObjectMapper mapper = new ObjectMapper();
        List<Standings.Contest> contests;
        try {
            JsonNode json = mapper.readTree(file.toFile());
            if (json.path("format").asInt() != FORMAT) {
                throw new CommandException(
                        ExitStatus.DATA,
                        file + ": expected format " + FORMAT + ", got " + json.path("format")
                                + ": measure anew with this program");
            }
            contests = mapper.treeToValue(json.path("standings"), new TypeReference<>() {});
        } catch (JacksonException e) {
            throw new CommandException(
                    ExitStatus.DATA, file + ": is no result of the benchmark: " + e.getOriginalMessage(), e);
        }
        draw(contests);
    }

    private void draw(List<Standings.Contest> contests) throws IOException {
        for (Standings.Contest contest : contests) {
            ContestChart chart = new ContestChart(contest);
            Files.writeString(folder.resolve(chart.file()), chart.svg());
        }
    }

    private static Document document(Results results, Standings standings) {
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
