package io.residual.laboratory.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.core.ResidualException;
import io.residual.core.files.FileLock;
import io.residual.laboratory.claims.BatchSizes;
import io.residual.laboratory.claims.Claims;
import io.residual.laboratory.claims.Depth;
import io.residual.laboratory.claims.GradientFlow;
import io.residual.laboratory.claims.ImageSizes;
import io.residual.laboratory.claims.LayerwiseRates;
import io.residual.laboratory.claims.Schedules;
import io.residual.laboratory.claims.TestAboveTraining;
import io.residual.laboratory.claims.TwoBatchNorms;
import io.residual.laboratory.claims.WrongLabels;
import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.experiments.Experiment.Arm;
import io.residual.laboratory.experiments.ExperimentResult;
import io.residual.laboratory.experiments.training.ResultStore;
import io.residual.laboratory.experiments.training.TrainingData;
import io.residual.laboratory.experiments.training.TrainingData.EvaluationSplit;
import io.residual.laboratory.reports.Laboratory.Chapter;
import io.residual.laboratory.reports.Laboratory.ExperimentPlan;
import io.residual.laboratory.reports.Laboratory.Work;
import io.residual.training.config.DataChoice;
import io.residual.training.network.KernelChoice;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every experiment with a few dozen images, from its trainings to its report. */
@Tag("slow")
class LaboratoryTest {
    private static final TrainingData FEW = new TrainingData(64, 0, EvaluationSplit.VALIDATION, 60);
    private static final GradientFlow FLOW = new GradientFlow(14, 8, 1, FEW, 2);
    private static final List<Experiment> EXPERIMENTS = List.of(
            new Depth(List.of(8, 14), 8, 1, FEW, 2),
            new Schedules(List.of(0.01, 0.1), 2, FEW, 2),
            new BatchSizes(List.of(32, 2048), 1, FEW, 2),
            new TwoBatchNorms(1, FEW, 2),
            new TestAboveTraining(1, 64, 60, 2),
            new WrongLabels(1, 80, 2),
            new ImageSizes(List.of(28, 32), 1, FEW, 2),
            FLOW,
            new LayerwiseRates(8, List.of(0.5, 1.0), 1, FEW, FLOW, 2));

    @TempDir
    private static Path directory;

    private static final StringWriter TOLD = new StringWriter();

    private static Report report;

    private static String text;

    @BeforeAll
    static void run() {
        report = run(Work.TRAIN);
        text = ReportFiles.write(report, directory, "laboratory");
    }

    private static Report run(Work work) {
        ExperimentPlan plan = new ExperimentPlan(
                "The laboratory",
                "a few images",
                Duration.ofHours(1),
                EXPERIMENTS.stream()
                        .map(experiment -> Chapter.ofClaim(
                                experiment,
                                "./residual reproduce --claim "
                                        + experiment.claim().number()))
                        .toList(),
                PublishedRun.find(directory));
        return new Laboratory(directory, DataChoice.Named.SAMPLE, KernelChoice.AUTO)
                .run(plan, work, new PrintWriter(TOLD, true))
                .orElseThrow();
    }

    @Test
    void every_claim_gets_a_verdict_with_effects_of_two_seeds() {
        assertThat(report.entries()).hasSize(9).allSatisfy(entry -> {
            ExperimentResult result = entry.result();
            assertThat(result.results().seeds()).containsExactly(1L, 2L);
            assertThat(result.criteria())
                    .allSatisfy(finding -> assertThat(finding.interval()).isPresent());
            assertThat(result.charts()).isNotEmpty();
            assertThat(text).contains(entry.heading() + "   " + result.verdict());
        });
    }

    @Test
    void criteria_are_told_before_the_first_result() {
        String told = TOLD.toString();

        assertThat(told.indexOf("claim 1, plain-8, seed 1"))
                .isGreaterThan(told.indexOf("confirmed if plain-14 without batch norm, at initialisation: values"));
    }

    @Test
    void a_report_can_be_made_from_what_is_stored() {
        assertThat(run(Work.REPORT_ONLY))
                .usingRecursiveComparison()
                .ignoringFieldsMatchingRegexes(".*command", ".*measure", ".*experiment")
                .isEqualTo(report);
    }

    @Test
    void the_page_has_charts_and_the_commands_that_make_them_and_asks_for_nothing() throws IOException {
        String page = Files.readString(directory.resolve("laboratory.html"));

        assertThat(page)
                .contains(
                        "Validation accuracy by depth",
                        "Validation accuracy by rate and schedule",
                        "Cost by image size")
                .contains("./residual reproduce --claim 9")
                .contains("not run in this budget")
                .doesNotContain("<script", "src=\"http");
        assertThat(page.split("<svg ", -1)).hasSizeGreaterThan(14);
    }

    @Test
    void the_document_shows_pictures_that_lie_beside_it() throws IOException {
        Path document = directory.resolve("docs/laboratory.md");
        ReportFiles.writeDocument(report, document);
        String markdown = Files.readString(document);

        assertThat(markdown).contains("| Claim 5: ", "./residual reproduce --claim 2", "](laboratory/claim-7-2.svg)");
        try (Stream<Path> pictures = Files.list(directory.resolve("docs/laboratory"))) {
            assertThat(pictures).hasSizeGreaterThan(10).allSatisfy(picture -> {
                assertThat(markdown).contains("](laboratory/" + picture.getFileName() + ")");
                assertThat(Files.readString(picture)).contains("<svg");
            });
        }
    }

    @Test
    void json_has_the_intervals_and_the_values_they_come_from() throws IOException {
        JsonNode json =
                new ObjectMapper().readTree(directory.resolve("laboratory.json").toFile());
        JsonNode effect = json.get("experiments").get(0).get("effects").get(0);

        assertThat(json.get("experiments")).hasSize(9);
        assertThat(effect.get("values")).hasSize(2);
        assertThat(effect.get("mean").doubleValue())
                .isBetween(effect.get("low").doubleValue(), effect.get("high").doubleValue());
        assertThat(json.get("publishedRuns").get(0).get("command").textValue())
                .isEqualTo("./residual reproduce book-96");
    }

    @Test
    void two_processes_do_not_train_in_one_directory() {
        try (FileLock held = ResultStore.at(directory.resolve("trainings")).lock()) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> run(Work.TRAIN))
                    .isInstanceOf(ResidualException.class)
                    .hasMessageContaining("another process is training in this directory");
        }
    }

    @Test
    void every_budget_tests_the_nine_claims_with_seeds_enough_for_an_interval() {
        for (Budget budget : Budget.values()) {
            List<Experiment> experiments = Claims.of(budget);

            assertThat(experiments)
                    .extracting(experiment -> experiment.claim().number())
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 9).boxed().toList());
            assertThat(experiments).allSatisfy(experiment -> {
                assertThat(experiment.seeds()).isGreaterThanOrEqualTo(3);
                assertThat(experiment.arms()).extracting(Arm::name).doesNotHaveDuplicates();
            });
        }
    }
}
