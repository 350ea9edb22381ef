package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.files.Sha256;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
}
