package io.residual.benchmark.report;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The folder of {@code benchmark.md}, {@code benchmark.json} and {@code benchmark.svg}. */
public record ReportFolder(Path folder) {
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
     * Writes all three, over those of an earlier run.
     *
     * @return the tables as text
     */
    public String write(Results results) throws IOException {
        Standings standings = Standings.of(results);
        Page page = new Page(results, standings);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("benchmark.md"), page.markdown());
        Files.writeString(folder.resolve("benchmark.svg"), new BarChart(standings.contests()).svg());
        Files.writeString(folder.resolve("benchmark.json"), json(document(results, standings)));
        return page.text();
    }

    private static Document document(Results results, Standings standings) {
        return new Document(
                1,
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
