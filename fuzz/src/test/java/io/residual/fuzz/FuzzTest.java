package io.residual.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.files.Sha256;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.data.idx.IdxFile;
import io.residual.data.picture.PictureDecoder;
import io.residual.data.picture.PictureLimits;
import io.residual.evaluation.model.ModelCalibration;
import io.residual.fuzz.Fuzzer.Format;
import io.residual.fuzz.Fuzzer.Reader;
import io.residual.training.config.Preset;
import io.residual.training.run.RunDirectory;
import io.residual.tuning.sweep.SweepFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Every file that the program reads, damaged: {@code -Dresidual.fuzz=PT1H} does so for an hour in place of a minute, and
 * {@code -Dresidual.fuzz.seed=7} with other inputs.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public class FuzzTest {
    private static final PictureLimits SMALL = new PictureLimits(1_000_000, 1_000_000, Duration.ofSeconds(10));
    private static final UnaryOperator<byte[]> AS_IT_IS = bytes -> bytes;
    private static final String SWEEP = """
        base: quick
        overrides: {epochs: 2}
        space:
          schedule: {choice: [constant, cosine]}
          learningRate: {logUniform: [0.005, 1]}
          lowestRate: {logUniform: [1e-6, 0.01], if: {schedule: cosine}}
          width: {integer: [8, 32, 4]}
        constraints:
          - lowestRate < learningRate
          - width * batchSize <= 4096
        searcher: tpe
        pruner: {asha: {reductionFactor: 3, minEpochs: 1}}
        budget: {trials: 6, epochs: 500, time: 35m}
        objective: [validationAccuracy, imagesPerSecond]
        seeds: 2
        """;
    private static final String ROWS = """
        INSERT INTO trial VALUES (0, '{"schedule":"cosine","learningRate":0.05,"lowestRate":0.001,"width":8}', 'done', '', 1);
        INSERT INTO trial VALUES (1, '{"schedule":"constant","learningRate":0.5,"width":12}', 'pruned', 'a reason', 2);
        INSERT INTO trial VALUES (2, '{"schedule":"constant","learningRate":1.0,"width":32}', 'waiting', '', 0);
        INSERT INTO epoch VALUES (0, 0, 1, 0.05, 2.25, 0.25, 2.5, 0.2, 100.0, 1.5);
        INSERT INTO epoch VALUES (0, 0, 2, 0.05, 2.0, 0.5, 2.25, 0.4, 100.0, 1.5);
        INSERT INTO epoch VALUES (0, 1, 1, 0.05, 2.25, 0.25, 2.5, 0.2, 100.0, 1.5);
        INSERT INTO epoch VALUES (0, 1, 2, 0.05, 2.0, 0.5, 2.25, 0.3, 100.0, 1.5);
        INSERT INTO epoch VALUES (1, 0, 1, 0.5, 2.25, 0.25, 2.5, 0.1, 100.0, 1.5);
        UPDATE sweep SET base = base;
        UPDATE trial SET state = 'running', reason = 'x' WHERE number = 7;
        """;

    private static final String CALIBRATION = """
        {"modelSha256":"%s","temperature":1.5,"trueClassProbabilities":[0.25,0.5,1.0],"energies":[-9.5,-1e-3,2.25]}
        """.formatted("0af9".repeat(16));

    @TempDir
    private static Path folder = Path.of("not made");

    private Path run = Path.of("not trained");

    @BeforeAll
    void train() {
        run = trainedRun(folder.resolve("run"));
    }

    List<Format> formats() throws IOException, SQLException {
        Path checkpoint = onlyFile(run.resolve("checkpoints"));
        Path model = run.resolve("last.safetensors");
        List<byte[]> images = List.of(Seals.idx(3, 4, 5), Seals.idx(10, 28, 28));
        return List.of(
                new Format("idx", images, AS_IT_IS, file("images", IdxFile::readImages)),
                new Format("idx-gz", images, Seals::gzip, file("images.gz", IdxFile::readImages)),
                new Format(
                        "idx-labels",
                        List.of(Seals.idx(3), Seals.idx(300)),
                        AS_IT_IS,
                        file("labels", labels -> IdxFile.readLabels(labels, 10))),
                new Format(
                        "safetensors",
                        List.of(Seals.header(model)),
                        Seals.ofSafetensors(model),
                        file("model.safetensors", FuzzTest::readTensors)),
                new Format(
                        "checkpoint",
                        List.of(Seals.header(checkpoint)),
                        Seals.ofSafetensors(checkpoint),
                        this::readCheckpoint),
                new Format(
                        "manifest",
                        List.of(Files.readAllBytes(run.resolve("manifest.json"))),
                        AS_IT_IS,
                        inRun("manifest.json", RunDirectory::manifest)),
                new Format(
                        "calibration",
                        List.of(CALIBRATION.getBytes(UTF_8)),
                        AS_IT_IS,
                        file("last.calibration.json", ModelCalibration::read)),
                new Format(
                        "metrics",
                        List.of(Files.readAllBytes(run.resolve("metrics.jsonl"))),
                        AS_IT_IS,
                        inRun("metrics.jsonl", RunDirectory::epochs)),
                new Format(
                        "spec",
                        List.of(Files.readAllBytes(run.resolve("spec.yaml"))),
                        AS_IT_IS,
                        file("spec.yaml", spec -> Preset.resolve(spec.toString(), Map.of()))),
                new Format(
                        "sweep",
                        List.of(SWEEP.getBytes(UTF_8)),
                        AS_IT_IS,
                        file("sweep.yaml", sweep -> SweepFile.parse("s", SweepFile.text(sweep.toString())))),
                new Format("sweep-rows", List.of(ROWS.getBytes(UTF_8)), AS_IT_IS, input -> {
                    try (Sweeps sweeps = new Sweeps(folder.resolve("rows"))) {
                        sweeps.create(SWEEP, new String(input, UTF_8));
                        sweeps.read();
                    }
                }),
                new Format("sweep-database", List.of(database()), AS_IT_IS, input -> {
                    try (Sweeps sweeps = new Sweeps(folder.resolve("database"))) {
                        Files.write(sweeps.file(), input);
                        sweeps.read();
                    }
                }),
                new Format("pictures", pictures(), Seals::checked, new PictureDecoder(SMALL)::decode));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void a_damaged_file_is_read_or_rejected(Format format) throws Exception {
        new Fuzzer(format).run();
    }

    /** A small run of the command {@code train}. */
    public static Path trainedRun(Path directory) {
        String[] args = {
            "--preset", "quick", "--width", "4", "--batch-size", "500", "--epochs", "1", "--run", directory.toString()
        };
        assertThat(new CommandLine(new io.residual.training.cli.Main()).execute(args))
                .isZero();
        return directory;
    }

    /** A reader of files, for inputs. */
    private Reader file(String name, PathReader reader) {
        return input -> reader.read(Files.write(folder.resolve(name), input));
    }

    private interface PathReader {
        void read(Path file) throws Exception;
    }

    private Reader inRun(String name, Consumer<RunDirectory> reader) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("run-of-" + name));
        for (String file : List.of("spec.yaml", "manifest.json", "metrics.jsonl")) {
            Files.copy(run.resolve(file), copy.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        return input -> {
            Files.write(copy.resolve(name), input);
            reader.accept(RunDirectory.open(copy));
        };
    }

    private static void readTensors(Path file) throws IOException {
        SafetensorsFile tensors = SafetensorsFile.read(file);
        for (String name : tensors.names()) {
            switch (tensors.tensor(name).dtype()) {
                case F32, F16, BF16 -> tensors.tensor(name).floats();
                case F64 -> tensors.tensor(name).doubles();
                case BOOL -> tensors.tensor(name).booleans();
                default -> tensors.tensor(name).longs();
            }
        }
    }

    /** Under the name that vouches for it. */
    private void readCheckpoint(byte[] input) throws IOException {
        Path checkpoints = Files.createDirectories(folder.resolve("copy/checkpoints"));
        for (String file : List.of("spec.yaml", "manifest.json")) {
            Files.copy(run.resolve(file), folder.resolve("copy").resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Path file = Files.write(checkpoints.resolve("000001-" + Sha256.of(input) + ".safetensors"), input);
        try {
            RunDirectory.open(folder.resolve("copy")).checkpoints(damage -> {}).newest();
        } finally {
            Files.delete(file);
        }
    }

    private byte[] database() throws IOException, SQLException {
        try (Sweeps sweeps = new Sweeps(folder.resolve("seed"))) {
            sweeps.create(SWEEP, ROWS);
            return Files.readAllBytes(sweeps.file());
        }
    }

    private static List<byte[]> pictures() throws IOException {
        Path folder = Path.of("../data/src/test/resources/io/residual/data/picture/golden");
        List<byte[]> pictures = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{png,jpg,bmp,gif,webp,tif}")) {
            for (Path file : files) {
                pictures.add(Files.readAllBytes(file));
            }
        }
        return pictures;
    }

    private static Path onlyFile(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findFirst().orElseThrow();
        }
    }
}
