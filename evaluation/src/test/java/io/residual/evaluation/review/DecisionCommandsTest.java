package io.residual.evaluation.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.folder.Colour;
import io.residual.data.folder.FolderOptions;
import io.residual.data.folder.ImageFolder;
import io.residual.data.idx.IdxSource;
import io.residual.evaluation.Outcome;
import io.residual.evaluation.labels.Main;
import io.residual.evaluation.predict.TrainedRun;
import io.residual.training.cli.ExitStatus;
import io.residual.training.config.DataChoice;
import io.residual.training.config.DataSpec;
import io.residual.training.run.DecisionFile;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.LabelDecision.Verdict;
import io.residual.training.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command's work on files of decisions: merged files, cleaned copies, and what they change. */
@Tag("slow")
class DecisionCommandsTest {
    private static final ImageSet TRAINING = IdxSource.sample().wholeTraining();
    private static final ImageSet TEST = IdxSource.sample().open(Split.TEST, StratifiedSplit.SEED);

    @TempDir
    private Path directory;

    private static LabelDecision decision(
            ImageSet images, int index, Verdict verdict, String after, String reviewer, int second) {
        String before = images.classNames().get(images.label(index));
        return new LabelDecision(
                images == TEST ? Split.TEST : Split.TRAIN,
                images.name(index),
                images.sha256(index),
                before,
                verdict == Verdict.KEEP || verdict == Verdict.UNSURE ? before : after,
                verdict,
                reviewer,
                Instant.parse("2026-11-27T17:00:00Z").plusSeconds(second));
    }

    /** Another class than the image has. */
    private static String other(ImageSet images, int index) {
        return images.classNames().get((images.label(index) + 1) % 10);
    }

    private Path write(String name, LabelDecision... decisions) {
        Path path = directory.resolve(name);
        try (DecisionFile file = DecisionFile.open(path)) {
            Stream.of(decisions).forEach(file::add);
        }
        return path;
    }

    private Outcome labels(String... args) {
        return Outcome.of(new Main(), args);
    }

    @Test
    void two_reviewers_are_merged_and_their_agreement_is_shown() {
        Path anna = write(
                "anna.jsonl",
                decision(TRAINING, 0, Verdict.KEEP, "", "anna", 1),
                decision(TRAINING, 1, Verdict.RELABEL, other(TRAINING, 1), "anna", 2),
                decision(TRAINING, 2, Verdict.DROP, "", "anna", 3),
                decision(TRAINING, 9, Verdict.DROP, "", "anna", 4));
        Path ben = write(
                "ben.jsonl",
                decision(TEST, 3, Verdict.KEEP, "", "ben", 0),
                decision(TRAINING, 0, Verdict.KEEP, "", "ben", 2),
                decision(TRAINING, 1, Verdict.RELABEL, other(TRAINING, 1), "ben", 3),
                decision(TRAINING, 2, Verdict.UNSURE, "", "ben", 4));

        Outcome outcome = labels("--merge", anna + "," + ben, "--dir", directory.toString());

        assertThat(outcome.err()).isEmpty();
        // sklearn.metrics.cohen_kappa_score(["a", "b", "drop"], ["a", "b", "unsure"])
        assertThat(outcome.out())
                .contains("anna and ben: images decided by both 3, in the same way 2, Cohen's kappa 0.5714")
                .contains("Training images: 1 relabelled, 2 dropped, 1 kept, 0 unsure")
                .contains("Test images: 0 relabelled, 0 dropped, 1 kept, 0 unsure")
                .contains("Merged decisions: " + directory.resolve("decisions.jsonl"));
        assertThat(DecisionFile.read(directory.resolve("decisions.jsonl"))).hasSize(8);
    }

    @Test
    void a_contradiction_is_an_error_that_names_both_and_nothing_is_merged() {
        Path anna = write("anna.jsonl", decision(TRAINING, 0, Verdict.KEEP, "", "anna", 1));
        Path ben = write("ben.jsonl", decision(TRAINING, 0, Verdict.DROP, "", "ben", 2));

        Outcome outcome = labels("--merge", anna + "," + ben, "--dir", directory.toString());

        assertThat(outcome.status()).isEqualTo(ExitStatus.DATA.code());
        assertThat(outcome.out()).contains("images decided by both 1, in the same way 0, Cohen's kappa 0.0000");
        assertThat(outcome.err())
                .contains(anna + ", " + ben + ": 1 image has contradictory decisions")
                .contains("train-images-idx3-ubyte[0]: anna says keep ")
                .contains(", ben says drop");
        assertThat(directory.resolve("decisions.jsonl")).doesNotExist();
    }

    @Test
    void a_cleaned_copy_of_idx_files_has_the_decided_labels_and_the_data_stay_as_they_are() throws IOException {
        Path decisions = write(
                "all.jsonl",
                decision(TRAINING, 1, Verdict.RELABEL, other(TRAINING, 1), "anna", 2),
                decision(TRAINING, 2, Verdict.DROP, "", "anna", 3),
                decision(TEST, 0, Verdict.DROP, "", "anna", 4));
        Path copy = directory.resolve("copy");

        Outcome outcome = labels(
                "--export-clean", copy.toString(), "--data", "sample", "--label-decisions", decisions.toString());

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("Cleaned copy of 2,498 images: " + copy);
        ImageSet cleaned = IdxSource.open(copy).wholeTraining();
        assertThat(cleaned.size()).isEqualTo(1999);
        assertThat(cleaned.classNames().get(cleaned.label(1))).isEqualTo(other(TRAINING, 1));
        int[] rest = IntStream.range(3, 2000).toArray();
        assertThat(cleaned.subset(IntStream.range(2, 1999).toArray()).contentSha256())
                .isEqualTo(TRAINING.subset(rest).contentSha256());
        assertThat(IdxSource.open(copy).open(Split.TEST, 1).size()).isEqualTo(499);
        assertThat(labels(
                                "--export-clean",
                                copy.toString(),
                                "--data",
                                "sample",
                                "--label-decisions",
                                decisions.toString())
                        .err())
                .contains(copy + ": is not empty: give a new directory");
    }

    @Test
    void a_cleaned_copy_of_a_folder_copies_files_into_the_folders_of_their_classes() throws IOException {
        Path data = directory.resolve("data");
        TrainedRun.writePngs(data.resolve("train/cat"), 24);
        TrainedRun.writePngs(data.resolve("train/dog"), 24);
        TrainedRun.writePngs(data.resolve("test/cat"), 2);
        TrainedRun.writePngs(data.resolve("test/dog"), 2);
        // Every cat has the bytes of a dog: labels and digests together say which is meant.
        Map<String, byte[]> before = contents(data);
        DataSpec spec = new DataSpec(new DataChoice.PictureFolder(data.toString()), 28);
        ImageSet images = ImageFolder.open(data, spec.folderOptions(List.of())).wholeTraining();
        int cat = IntStream.range(0, images.size())
                .filter(i -> images.name(i).equals("train/cat/005.png"))
                .findFirst()
                .orElseThrow();
        int dog = IntStream.range(0, images.size())
                .filter(i -> images.name(i).equals("train/dog/007.png"))
                .findFirst()
                .orElseThrow();
        Path decisions = write(
                "all.jsonl",
                decision(images, cat, Verdict.RELABEL, "dog", "anna", 2),
                decision(images, dog, Verdict.DROP, "", "anna", 3));
        Path copy = directory.resolve("copy");

        Outcome outcome = labels(
                "--export-clean", copy.toString(), "--data", "images:" + data, "--label-decisions", decisions + "");

        assertThat(outcome.err()).isEmpty();
        Map<String, byte[]> after = contents(copy);
        assertThat(after).hasSize(before.size() - 1).doesNotContainKeys("train/cat/005.png", "train/dog/007.png");
        assertThat(after.get("train/dog/005 from cat.png")).isEqualTo(before.get("train/cat/005.png"));
        assertThat(after.keySet()).contains("train/dog/005.png", "train/cat/007.png", "test/cat/000.png");
        assertThat(contents(data).keySet()).isEqualTo(before.keySet());
        assertThat(contents(data)).allSatisfy((name, bytes) -> assertThat(bytes).isEqualTo(before.get(name)));
        FolderOptions options = new FolderOptions(
                spec.input(),
                Colour.AUTO,
                spec.folder().onCorruptImage(),
                spec.folder().limits(),
                List.of());
        assertThat(ImageFolder.open(copy, options).wholeTraining().classCounts())
                .containsExactly(23, 24);
        assertThat(labels(
                                "--export-clean",
                                data.resolve("clean").toString(),
                                "--data",
                                "images:" + data,
                                "--label-decisions",
                                decisions + "")
                        .err())
                .contains("is within the data: give a directory outside of " + data);
        assertThat(data.resolve("clean")).doesNotExist();
    }

    @Test
    void a_folder_of_few_images_is_copied_with_its_own_validation_images_if_it_has_some() throws IOException {
        Path flat = directory.resolve("flat");
        Path divided = directory.resolve("divided");
        for (Path folder : List.of(flat, divided.resolve("train"), divided.resolve("val"))) {
            TrainedRun.writePngs(folder.resolve("cat"), 2);
            TrainedRun.writePngs(folder.resolve("dog"), 2);
        }
        Path decisions = Files.createFile(directory.resolve("none.jsonl"));
        for (Path data : List.of(flat, divided)) {
            Path copy = directory.resolve("copy of " + data.getFileName());

            Outcome outcome = labels(
                    "--export-clean", copy + "", "--data", "images:" + data, "--label-decisions", decisions + "");

            assertThat(outcome.err()).isEmpty();
            assertThat(contents(copy).keySet()).isEqualTo(contents(data).keySet());
        }
    }

    @Test
    void a_copy_that_is_refused_leaves_directories_as_they_were() throws IOException {
        Path data = directory.resolve("data");
        TrainedRun.writePngs(data.resolve("cat"), 2);
        TrainedRun.writePngs(data.resolve("dog"), 2);
        Path decisions = write("other.jsonl", decision(TRAINING, 0, Verdict.DROP, "", "anna", 1));
        Path none = Files.createFile(directory.resolve("none.jsonl"));
        Path made = Files.createDirectory(data.resolve("cat/made"));
        String[] options = {"--data", "images:" + data, "--label-decisions"};

        assertThat(labels("--export-clean", directory + "/new", options[0], options[1], options[2], decisions + "")
                        .err())
                .startsWith("error: " + decisions + ": 1 decision was made on other images than those of " + data);
        assertThat(directory.resolve("new")).doesNotExist();
        for (Path target : List.of(made, data.resolve("cat/a/b"), directory.resolve("gone/../data/cat/a"))) {
            assertThat(labels("--export-clean", target + "", options[0], options[1], options[2], none + "")
                            .err())
                    .contains("is within the data: give a directory outside of " + data);
        }
        assertThat(made).isEmptyDirectory();
        assertThat(data.resolve("cat/a")).doesNotExist();
        assertThat(directory.resolve("gone")).doesNotExist();
    }

    private static Map<String, byte[]> contents(Path folder) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    @Test
    void the_report_trains_with_and_without_reuses_both_and_refuses_decisions_that_changed_since() throws IOException {
        PlantedFlips.write(IdxSource.sample(), directory.resolve("few"), 120, 0.1, 1);
        ImageSet few = IdxSource.open(directory.resolve("few")).wholeTraining();
        LabelDecision first = decision(few, 1, Verdict.RELABEL, other(few, 1), "anna", 2);
        Path decisions = write("some.jsonl", first, decision(TEST, 0, Verdict.DROP, "", "anna", 4));
        Path place = directory.resolve("changes");
        String[] report = {
            "--report",
            "--label-decisions",
            decisions.toString(),
            "--data",
            directory.resolve("few").toString(),
            "--dir",
            place.toString(),
            "--seeds",
            "2",
            "--width",
            "4",
            "--epochs",
            "1",
            "--batch-size",
            "16"
        };

        Outcome outcome = labels(report);

        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("Training images: 1 relabelled, 0 dropped, 0 kept, 0 unsure")
                .containsPattern("all, labels as given +500 ")
                .containsPattern("all, labels as decided +499 ")
                .containsPattern("not reviewed +499 ");
        byte[] json = Files.readAllBytes(place.resolve("changes.json"));
        assertThat(Files.readString(place.resolve("changes.html"))).contains("What the decisions on labels change");
        Files.delete(place.resolve("without/seed-1/last.safetensors"));
        assertThat(labels(report).status()).isZero();
        assertThat(place.resolve("changes.json")).hasBinaryContent(json);
        assertThat(RunDirectory.open(place.resolve("with/seed-2")).decisions()).isPresent();

        Path more = write("some.jsonl", decision(few, 2, Verdict.DROP, "", "anna", 5));
        Outcome refused = labels(report);
        assertThat(refused.status()).isEqualTo(ExitStatus.RUN.code());
        assertThat(refused.err())
                .contains("holds a run with other decisions on labels")
                .contains("--dir names another");
        assertThat(DecisionFile.read(more)).hasSize(3);
    }

    @Test
    void the_report_refuses_decisions_on_other_test_images_before_it_trains() throws IOException {
        PlantedFlips.write(IdxSource.sample(), directory.resolve("few"), 120, 0.1, 1);
        ImageSet elsewhere = IdxSource.sample().open(Split.TRAIN, StratifiedSplit.SEED);
        LabelDecision other = decision(elsewhere, 0, Verdict.DROP, "", "anna", 1);
        Path decisions = write(
                "other.jsonl",
                new LabelDecision(
                        Split.TEST,
                        TEST.name(0),
                        other.sha256(),
                        other.before(),
                        "",
                        Verdict.DROP,
                        "anna",
                        other.at()));
        Path place = directory.resolve("changes");

        Outcome outcome = labels(
                "--report",
                "--label-decisions",
                decisions.toString(),
                "--data",
                directory.resolve("few").toString(),
                "--dir",
                place.toString());

        assertThat(outcome.status()).isEqualTo(ExitStatus.DATA.code());
        assertThat(outcome.err())
                .startsWith("error: " + decisions + ": 1 decision was made on other images than those of "
                        + directory.resolve("few"))
                .contains(TEST.name(0) + " had SHA-256 " + other.sha256() + ", has " + TEST.sha256(0) + " now");
        assertThat(place).doesNotExist();
    }

    @Test
    void options_that_do_not_go_together_are_refused() {
        Path decisions = write("some.jsonl", decision(TRAINING, 0, Verdict.KEEP, "", "anna", 1));
        String file = decisions.toString();

        assertThat(List.of(
                        labels("--export-clean", directory + "/none"),
                        labels("--review", "--label-decisions", file),
                        labels("--review", "--export-clean", directory + "/none", "--label-decisions", file),
                        labels("--review", "--reviewer", "a/b"),
                        labels("--review", "--port", "70000")))
                .allSatisfy(outcome -> assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE.code()))
                .extracting(outcome -> outcome.err().lines().findFirst().orElse(""))
                .containsExactly(
                        "error: --label-decisions: name the file of the decisions, as --review saves it",
                        "error: --review: labels are reviewed as the data have them: drop --label-decisions; decisions"
                                + " of an earlier review in --dir are shown",
                        "error: --review, --report, --merge and --export-clean: give one of them at a time",
                        "error: --reviewer: expected up to 64 letters, digits and spaces, got \"a/b\"",
                        "error: --port: must be from 0 to 65535, got 70000");
        assertThat(labels("--merge", directory.resolve("gone.jsonl").toString(), "--dir", directory.toString())
                        .err())
                .contains("gone.jsonl: cannot be read");
    }
}
