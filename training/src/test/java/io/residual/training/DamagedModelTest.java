package io.residual.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.Preset;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A finished run of a very narrow network with averaged weights, whose model files are then harmed. */
class DamagedModelTest {
    private static final Preset PRESET = Preset.resolve(
            "quick",
            Map.of("width", "2", "epochs", "2", "batchSize", "128", "learningRate", "0.05", "emaDecay", "0.9"));

    @TempDir
    private static Path directory;

    private static RunDirectory finished;

    private RunDirectory run;

    @BeforeAll
    static void a_finished_run() {
        finished = train(directory.resolve("finished"));
    }

    @BeforeEach
    void a_copy_of_it(TestInfo test) throws IOException {
        Path copy = directory.resolve(test.getDisplayName().replaceAll("\\W+", "-"));
        try (Stream<Path> files = Files.walk(finished.path())) {
            for (Path file : files.sorted().toList()) {
                Files.copy(file, copy.resolve(finished.path().relativize(file).toString()));
            }
        }
        run = RunDirectory.open(copy);
    }

    /** What happens to a file. */
    enum Harm {
        DELETED {
            @Override
            void to(Path file) throws IOException {
                Files.delete(file);
            }
        },
        EMPTIED {
            @Override
            void to(Path file) throws IOException {
                Files.write(file, new byte[0]);
            }
        },
        CUT {
            @Override
            void to(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(bytes, bytes.length - 4));
            }
        },
        BIT_OF_A_WEIGHT_FLIPPED {
            @Override
            void to(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length - 1001] ^= 1;
                Files.write(file, bytes);
            }
        },
        BIT_OF_A_CLASS_NAME_FLIPPED {
            @Override
            void to(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("Trouser")] ^= 1;
                Files.write(file, bytes);
            }
        };

        abstract void to(Path file) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void a_harmed_model_is_an_error_of_one_line_and_restored_to_the_bit_when_the_run_resumes(Harm harm)
            throws IOException {
        for (SavedModel model : SavedModel.values()) {
            harm.to(run.modelFile(model));

            assertThatThrownBy(() -> ModelFiles.load(run, model, ComputeKernels.STOCK))
                    .isInstanceOfSatisfying(
                            ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                    .message()
                    .hasLineCount(1)
                    .contains(model + ".safetensors")
                    .endsWith(": resume the run, which restores the model from its checkpoint");
        }

        train(run.path());

        for (SavedModel model : SavedModel.values()) {
            assertThat(run.modelFile(model)).hasSameBinaryContentAs(finished.modelFile(model));
        }
        assertThat(run.path().resolve("models.sha256"))
                .hasSameTextualContentAs(finished.path().resolve("models.sha256"));
    }

    @Test
    void a_run_of_release_0_1_which_has_no_digests_loads_and_a_model_it_lacks_is_restored() throws IOException {
        Files.delete(run.path().resolve("models.sha256"));
        assertThatCode(() -> ModelFiles.load(run, SavedModel.BEST, ComputeKernels.STOCK))
                .doesNotThrowAnyException();

        Files.delete(run.modelFile(SavedModel.LAST));
        train(run.path());

        assertThat(run.modelFile(SavedModel.LAST)).hasSameBinaryContentAs(finished.modelFile(SavedModel.LAST));
    }

    @Test
    void a_model_that_is_replaced_at_this_moment_may_be_the_old_one_or_the_new_one() throws IOException {
        Path digests = run.path().resolve("models.sha256");
        Files.writeString(digests, Files.readString(digests) + "0".repeat(64) + "  last.safetensors\n");

        assertThatCode(() -> ModelFiles.load(run, SavedModel.LAST, ComputeKernels.STOCK))
                .doesNotThrowAnyException();
    }

    private static RunDirectory train(Path run) {
        Trainer.of(PRESET).directory(run).train(RunDatasets.find(PRESET.spec().data()));
        return RunDirectory.open(run);
    }
}
