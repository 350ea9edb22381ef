package io.residual.training.run;

import static io.residual.training.run.Decided.drop;
import static io.residual.training.run.Decided.keep;
import static io.residual.training.run.Decided.relabel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.data.idx.IdxWriter;
import io.residual.training.Trainer;
import io.residual.training.config.DataSpec;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs on 120 images of the sample with decisions on some labels, as IDX files and as a folder of images. */
class ReviewedRunTest {
    private static final ImageSet SOME =
            IdxSource.sample().wholeTraining().subset(IntStream.range(0, 120).toArray());

    @TempDir
    private Path directory;

    private Path decisions;

    @BeforeEach
    void images_are_written() throws IOException {
        decisions = directory.resolve("decisions.jsonl");
        IdxWriter.write(Files.createDirectories(directory.resolve("idx")), SOME, Split.TRAIN);
        for (int i = 0; i < SOME.size(); i++) {
            byte[] pixels = new byte[28 * 28];
            SOME.copyPixels(i, pixels, 0);
            BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setDataElements(0, 0, 28, 28, pixels);
            String className = SOME.classNames().get(SOME.label(i)).replace('/', ' ');
            Path file = directory.resolve(String.format(Locale.ROOT, "folder/%s/%03d.png", className, i));
            Files.createDirectories(file.resolveSibling(""));
            ImageIO.write(image, "png", file.toFile());
        }
    }

    private TrainingSpec spec(String place, String... more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "data",
                place.equals("folder") ? "images:" + directory.resolve(place) : "" + directory.resolve(place),
                "width",
                "4",
                "epochs",
                "1"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return Preset.resolve("quick", settings).spec();
    }

    private TrainingSpec decidedSpec(String place) {
        return spec(place, "labelDecisions", decisions.toString());
    }

    private void decide(LabelDecision... made) throws IOException {
        Files.writeString(decisions, DecisionFile.text(List.of(made)));
    }

    private RunDirectory start(TrainingSpec spec, RunDatasets data) {
        RunDirectory run = RunDirectory.takeAt(directory.resolve("run"));
        run.start(spec, manifest(data), data);
        return run;
    }

    private static RunManifest manifest(RunDatasets data) {
        return RunManifest.of(
                "quick",
                1,
                Instant.parse("2026-03-09T07:05:01Z"),
                List.of(),
                new Backend("CPU", "backend", 1, "stock"),
                data.origin());
    }

    /** Digests of the images, each with its class. */
    private static List<String> contents(ImageSet images) {
        return IntStream.range(0, images.size())
                .mapToObj(i ->
                        images.sha256(i) + " " + images.classNames().get(images.label(i)) + " " + images.position(i))
                .toList();
    }

    private static Set<String> digests(ImageSet images) {
        Set<String> digests = new HashSet<>();
        IntStream.range(0, images.size()).forEach(i -> digests.add(images.sha256(i)));
        return digests;
    }

    @ParameterizedTest
    @ValueSource(strings = {"idx", "folder"})
    void the_same_images_are_held_back_as_without_decisions_and_only_decided_ones_change(String place)
            throws IOException {
        RunDatasets plain = RunDatasets.find(spec(place).data());
        ImageSet train = plain.train();
        ImageSet held = plain.validation();
        decide(
                relabel(train, 3, "Bag", "anna", 1),
                drop(train, 5, "anna", 2),
                keep(train, 6, "anna", 3),
                drop(held, 0, "anna", 4));

        RunDatasets decided = RunDatasets.find(decidedSpec(place).data());

        List<String> expected = new ArrayList<>(contents(train));
        expected.set(3, train.sha256(3) + " Bag " + train.position(3));
        expected.remove(5);
        assertThat(contents(decided.train())).isEqualTo(expected);
        assertThat(contents(decided.validation())).isEqualTo(contents(held).subList(1, held.size()));
        assertThat(decided.origin().sha256())
                .containsAllEntriesOf(plain.origin().sha256())
                .containsKey(LabelDecisions.DIGEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"idx", "folder"})
    void a_run_evaluates_and_resumes_with_the_decisions_that_it_was_started_with(String place) throws IOException {
        ImageSet train = RunDatasets.find(spec(place).data()).train();
        decide(relabel(train, 3, "Bag", "anna", 1), drop(train, 5, "anna", 2));
        TrainingSpec spec = decidedSpec(place);
        RunDatasets started = RunDatasets.find(spec.data());
        RunDirectory run = start(spec, started);

        Files.delete(decisions);

        assertThat(contents(DataSources.find(run, Optional.empty()).open(Split.TRAIN, StratifiedSplit.SEED)))
                .isEqualTo(contents(started.train()));
        RunDatasets resumed = RunDatasets.of(DataSources.toResume(run, spec.data()));
        ResumeCheck.require(run, spec, manifest(resumed));
        assertThat(contents(ResumeCheck.images(run, resumed).train())).isEqualTo(contents(started.train()));
        assertThat(run.manifest().data().sha256())
                .containsEntry(
                        LabelDecisions.DIGEST, run.decisions().orElseThrow().sha256());
    }

    @Test
    void other_decisions_are_refused_for_a_run_that_was_started() throws IOException {
        ImageSet train = RunDatasets.find(spec("idx").data()).train();
        decide(drop(train, 5, "anna", 2));
        TrainingSpec spec = decidedSpec("idx");
        RunDirectory run = start(spec, RunDatasets.find(spec.data()));
        String then = run.decisions().orElseThrow().sha256();
        RunManifest same = run.manifest();

        decide(drop(train, 5, "anna", 2), keep(train, 7, "anna", 3));
        ResumeCheck.require(run, spec, same);
        TrainingSpec copied = spec(
                "idx", "labelDecisions", run.path().resolve(LabelDecisions.FILE).toString());
        ResumeCheck.require(run, copied, same);
        decide(drop(train, 5, "anna", 2), drop(train, 7, "anna", 3));
        String now = LabelDecisions.read(decisions).sha256();
        assertThatThrownBy(() -> ResumeCheck.require(run, spec, same))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                .hasMessageContaining("other decisions on labels: their SHA-256 was " + then + ", is now " + now);
        assertThatThrownBy(() -> ResumeCheck.require(run, spec("idx"), same))
                .hasMessageContaining("was " + then + ", is now none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"idx", "folder"})
    void decisions_on_other_data_are_refused_before_training(String place) throws IOException {
        ImageSet sample = IdxSource.sample().wholeTraining();
        decide(drop(sample, 1500, "anna", 1));
        DataSpec spec = decidedSpec(place).data();

        assertThatThrownBy(() -> RunDatasets.find(spec))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA))
                .hasMessageContaining(decisions + ": 1 decision was made on other images than those of ")
                .hasMessageContaining("train-images-idx3-ubyte[1500] had SHA-256 " + sample.sha256(1500));
    }

    @Test
    void a_file_that_was_moved_to_the_class_that_was_decided_is_fine_and_to_another_is_not() throws IOException {
        ImageSet train = RunDatasets.find(spec("folder").data()).train();
        decide(relabel(train, 3, "Bag", "anna", 1));
        Path file = directory.resolve("folder").resolve(train.name(3));
        DataSpec spec = decidedSpec("folder").data();

        Path moved = Files.move(file, directory.resolve("folder/Bag/moved.png"));
        assertThat(digests(RunDatasets.find(spec).train())).contains(train.sha256(3));
        Files.move(moved, directory.resolve("folder/Sandal/moved.png"));
        assertThatThrownBy(() -> RunDatasets.find(spec))
                .hasMessageContaining(train.name(3) + " was labelled ")
                .hasMessageContaining(", is labelled Sandal now");
    }

    @Test
    void a_run_is_trained_with_decisions_and_resumed_to_the_same_bits() throws IOException {
        ImageSet train = RunDatasets.find(spec("idx").data()).train();
        decide(relabel(train, 3, "Bag", "anna", 1), drop(train, 5, "anna", 2));
        TrainingSpec spec = spec(
                "idx",
                "labelDecisions",
                decisions.toString(),
                "epochs",
                "2",
                "batchSize",
                "16",
                "learningRate",
                "0.05");
        Path whole = directory.resolve("whole");
        Path resumed = directory.resolve("resumed");
        RunDatasets data = RunDatasets.find(spec.data());

        Trainer.of(spec).directory(whole).train(data);
        Trainer.of(spec).directory(resumed).stopAfter(1).train(data);
        Files.delete(decisions);
        Trainer.of(spec)
                .directory(resumed)
                .train(RunDatasets.of(DataSources.toResume(RunDirectory.open(resumed), spec.data())));

        assertThat(resumed.resolve("last.safetensors")).hasSameBinaryContentAs(whole.resolve("last.safetensors"));
        assertThat(RunDirectory.open(whole).epochs()).hasSize(2);
        Trainer.of(spec("idx", "epochs", "2", "batchSize", "16", "learningRate", "0.05"))
                .directory(directory.resolve("plain"))
                .train(RunDatasets.find(spec("idx").data()));
        assertThat(Files.mismatch(directory.resolve("plain/last.safetensors"), whole.resolve("last.safetensors")))
                .as("trained on the same labels")
                .isNotEqualTo(-1);
    }
}
