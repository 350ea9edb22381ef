package io.residual.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.idx.IdxSource;
import io.residual.training.run.DecisionFile;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.LabelDecision.Verdict;
import io.residual.training.run.RunDirectory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeCommandTest {
    @TempDir
    private Path directory;

    @Test
    void a_run_whose_file_of_decisions_is_gone_is_resumed_with_its_copy() throws Exception {
        Path decisions = directory.resolve("decisions.jsonl");
        ImageSet images = IdxSource.sample().wholeTraining();
        try (DecisionFile file = DecisionFile.open(decisions)) {
            file.add(new LabelDecision(
                    Split.TRAIN,
                    images.name(5),
                    images.sha256(5),
                    images.classNames().get(images.label(5)),
                    "",
                    Verdict.DROP,
                    "anna",
                    Instant.parse("2026-11-27T17:00:00Z")));
        }
        String run = directory.resolve("run").toString();
        train(
                "--width",
                "2",
                "--epochs",
                "2",
                "--stop-after",
                "1",
                "--label-decisions",
                decisions.toString(),
                "--run",
                run);

        Files.delete(decisions);

        assertThat(train("--resume", "--run", run)).contains("Evaluate it on the test images: ");
        assertThat(RunDirectory.open(Path.of(run)).epochs()).hasSize(2);
    }

    private static String train(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = CommandRunner.run(new Main(), new PrintWriter(out), new PrintWriter(err), args);
        assertThat(status).as(err.toString()).isZero();
        return out.toString();
    }
}
