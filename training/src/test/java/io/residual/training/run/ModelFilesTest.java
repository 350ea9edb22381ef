package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.files.Sha256;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
    private static final TrainingSpec SPEC =
            Preset.resolve("resnet20", Map.of("depth", "8", "width", "4")).spec();
    private static final String IMAGES_SHA256 = "0".repeat(63) + "1";
    private static final String LABELS_SHA256 = "0".repeat(63) + "2";

    @TempDir
    private Path directory;

    @Test
    void a_model_file_says_where_the_model_comes_from() throws IOException {
        RunDirectory run = run();
        Network network = ModelFiles.initial(SPEC, SPEC.resNet(1, 2), ComputeKernels.STOCK);

        ModelFiles.save(run, SavedModel.LAST, network);

        assertThat(SafetensorsFile.readMetadata(run.modelFile(SavedModel.LAST)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "format",
                        "pt",
                        "classes",
                        "[\"ant\",\"bee\"]",
                        "run.spec.sha256",
                        Sha256.of(run.specFile()),
                        "run.seed",
                        String.valueOf(SPEC.seed()),
                        "run.version",
                        "0.2.0, commit abc123",
                        "run.deeplearning4j",
                        "1.0.0-M2.1",
                        "data.sha256.images",
                        IMAGES_SHA256,
                        "data.sha256.labels",
                        LABELS_SHA256));
    }

    private RunDirectory run() {
        RunManifest manifest = new RunManifest(
                RunManifest.FORMAT,
                "resnet20",
                SPEC.seed(),
                Instant.parse("2026-03-09T07:05:01Z"),
                List.of("--depth", "8"),
                DataOrigin.of(
                        "here", 1, List.of("ant", "bee"), Map.of("images", IMAGES_SHA256, "labels", LABELS_SHA256)),
                new Backend("CPU", "org.nd4j.linalg.cpu.nativecpu.CpuBackend", 2, "stock Deeplearning4j"),
                new Versions("0.2.0", "abc123", "1.0.0-M2.1", "17", "Linux"));
        RunDirectory run = RunDirectory.takeAt(directory.resolve("run"));
        run.start(SPEC, manifest);
        return run;
    }

    /** A network of so many layers has terabytes of weights, which are not made to find out that the file is too small. */
    @Test
    void a_model_that_is_too_small_for_the_manifest_is_refused_before_a_network_is_made() throws IOException {
        RunDirectory run = run();
        ModelFiles.save(run, SavedModel.LAST, ModelFiles.initial(SPEC, SPEC.resNet(1, 2), ComputeKernels.STOCK));
        Path manifest = run.path().resolve("manifest.json");
        Path spec = run.specFile();
        Files.writeString(
                spec, Files.readString(spec).replace("depth: 8", "depth: 1994").replace("width: 4", "width: 512"));

        assertThatThrownBy(() -> ModelFiles.load(run, SavedModel.LAST, ComputeKernels.STOCK))
                .isInstanceOf(ResidualException.class)
                .hasMessageMatching(Pattern.quote(run.modelFile(SavedModel.LAST).toString())
                        + ": [\\d,]+ bytes cannot hold the [\\d,]{13,} parameters of the run's network: it is of"
                        + " another run, or cut");

        Files.writeString(
                manifest, Files.readString(manifest).replace("\"channels\" : 1", "\"channels\" : 2000000000"));
        assertThatThrownBy(() -> RunDirectory.open(run.path()))
                .hasMessage(manifest + ": channels must be 1 or 3, got 2000000000");
    }

    @Test
    void pipes_and_folders_in_the_place_of_files_are_refused_at_once() throws Exception {
        RunDirectory run = run();
        Path model = run.modelFile(SavedModel.LAST);
        Files.createDirectory(model);
        assertThatThrownBy(() -> ModelFiles.load(run, model, ComputeKernels.STOCK))
                .hasMessage(model + ": cannot be read: is a directory");
        Files.delete(model);
        for (String name : List.of("last.safetensors", "metrics.jsonl", "manifest.json", "train.log")) {
            Path file = run.path().resolve(name);
            Files.deleteIfExists(file);
            assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                    .isZero();
        }
        assertThatThrownBy(() -> RunDirectory.open(run.path())).hasMessageEndingWith("is a pipe or a device, no file");
        assertThatThrownBy(run::epochs).hasMessageEndingWith("is a pipe or a device, no file");
        assertThatThrownBy(() -> RunLog.attach(run.logFile())).hasMessageContaining("cannot be written");
        assertThatThrownBy(() -> SafetensorsFile.read(model)).hasMessageEndingWith("is a pipe or a device, no file");
    }

    @Test
    void the_files_of_a_run_are_known_however_their_paths_are_spelled() throws IOException {
        RunDirectory run = run();
        Files.createDirectory(run.path().resolve("checkpoints"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), run.path());
        Path file = Files.createSymbolicLink(
                directory.resolve("file.json"), run.path().resolve("manifest.json"));

        for (Path own : List.of(
                run.specFile(),
                run.modelFile(SavedModel.LAST),
                link.resolve("best.safetensors"),
                run.path().resolve("checkpoints/000001-x.safetensors"),
                file)) {
            assertThat(RunDirectory.owns(own)).as("%s", own).isTrue();
        }
        for (Path free : List.of(
                run.path().resolve("model.onnx"),
                run.path().resolve("evaluation.json"),
                directory.resolve("last.safetensors"),
                directory.resolve("nowhere/last.safetensors"))) {
            assertThat(RunDirectory.owns(free)).as("%s", free).isFalse();
        }
    }
}
