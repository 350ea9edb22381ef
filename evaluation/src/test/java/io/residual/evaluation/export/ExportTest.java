package io.residual.evaluation.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.weights.ModuleNaming;
import io.residual.core.weights.NetworkWeights;
import io.residual.data.Batch;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.evaluation.DebianPackage;
import io.residual.evaluation.Outcome;
import io.residual.evaluation.predict.TrainedRun;
import io.residual.training.cli.ExitStatus;
import io.residual.training.loop.Inference;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import onnx.Onnx.ModelProto;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The command on a run that the command {@code train} made, with ONNX Runtime as the referee. */
@Tag("slow")
class ExportTest {
    private static final Path DEBIAN = Path.of("/usr/share/datasets/fashion-mnist");

    @TempDir
    private static Path directory;

    private static Path run;

    @BeforeAll
    static void train() {
        run = TrainedRun.in(directory.resolve("run"), "--width", "8", "--epochs", "3");
    }

    private static Outcome export(Path from, String... args) {
        List<String> all = new ArrayList<>(List.of("--run", from.toString()));
        all.addAll(List.of(args));
        return Outcome.of(new Main(), all.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({"book, keep", "book, fold", "torchvision, keep", "torchvision, fold"})
    void onnx_runtime_gives_every_test_image_the_same_class_and_probabilities(String flavour, String batchNorm)
            throws Exception {
        Path trained = flavour.equals("book")
                ? run
                : TrainedRun.in(
                        directory.resolve(flavour + batchNorm),
                        "--width",
                        "8",
                        "--epochs",
                        "1",
                        "--flavour",
                        flavour,
                        "--image-size",
                        "33");
        Path file = directory.resolve(flavour + "-" + batchNorm + ".onnx");

        assertThat(export(trained, "--to", "onnx", "--out", file.toString(), "--batch-norm", batchNorm)
                        .status())
                .isZero();
        assertEqual(trained, file, TrainedRun.testImages());
    }

    /** A frozen part, dropped blocks and dropped values are matters of training alone. */
    @Test
    void a_model_is_exported_whatever_was_frozen_or_dropped_while_it_was_trained() throws Exception {
        Path trained = TrainedRun.in(
                directory.resolve("dropped"),
                "--width",
                "4",
                "--epochs",
                "1",
                "--flavour",
                "torchvision",
                "--freeze-up-to",
                "stage1",
                "--stochastic-depth",
                "0.3",
                "--block-dropout",
                "0.2");
        Path file = directory.resolve("dropped.onnx");

        assertThat(export(trained, "--to", "onnx", "--out", file.toString(), "--batch-norm", "fold"))
                .isEqualTo(new Outcome(0, file + ": %,d bytes%n".formatted(Files.size(file)), ""));
        assertEqual(trained, file, TrainedRun.testImages());
    }

    @Test
    void so_it_is_on_the_whole_test_set_where_it_is_installed() throws Exception {
        DebianPackage.require("dataset-fashion-mnist", DEBIAN);
        Path file = directory.resolve("whole.onnx");
        export(run, "--to", "onnx", "--out", file.toString());

        ImageSet images = IdxSource.open(DEBIAN).open(Split.TEST, StratifiedSplit.SEED);
        assertThat(images.size()).isEqualTo(10_000);
        assertEqual(run, file, images);
    }

    @Test
    void weights_of_a_file_are_exported_as_those_of_the_run() throws IOException {
        Path fromRun = directory.resolve("from-run.safetensors");
        Path fromFile = directory.resolve("from-file.safetensors");
        String best = run.resolve("best.safetensors").toString();
        assertThat(export(run, "--to", "safetensors", "--out", fromRun.toString(), "--checkpoint", "best")
                        .status())
                .isZero();
        assertThat(export(run, "--to", "safetensors", "--out", fromFile.toString(), "--checkpoint", best)
                        .status())
                .isZero();
        SafetensorsFile theirs = SafetensorsFile.read(fromRun);
        SafetensorsFile ours = SafetensorsFile.read(fromFile);
        assertThat(ours.names()).isEqualTo(theirs.names());
        for (String name : theirs.names()) {
            assertThat(ours.tensor(name).bytes()).isEqualTo(theirs.tensor(name).bytes());
        }
        assertThat(SafetensorsFile.readMetadata(fromFile)).containsEntry("run.checkpoint", best);
    }

    private static void assertEqual(Path trained, Path file, ImageSet images) throws Exception {
        RunDirectory opened = RunDirectory.open(trained);
        Network network = ModelFiles.load(opened, SavedModel.LAST, ComputeKernels.STOCK);
        InputForm form = opened.spec().data().input();
        float[][] ours =
                Inference.probabilities(network, new ImageBatches(images, 256, form, new BatchOrder.Sequential()));
        int at = 0;
        double worst = 0;
        try (OnnxSession session = new OnnxSession(file)) {
            ImageBatches batches = new ImageBatches(images, 173, form, new BatchOrder.Sequential());
            while (batches.hasNext()) {
                Batch batch = batches.next();
                INDArray pixels = batch.images();
                for (float[] theirs : session.probabilities(pixels.data().asFloat(), pixels.shape())) {
                    assertThat(Inference.highest(ours[at])).as("image %d", at).isEqualTo(Inference.highest(theirs));
                    for (int c = 0; c < theirs.length; c++) {
                        worst = Math.max(worst, Math.abs(ours[at][c] - theirs[c]));
                    }
                    at++;
                }
            }
        }
        assertThat(at).isEqualTo(images.size());
        assertThat(worst).isCloseTo(0.0, within(1e-5));
    }

    @Test
    void the_file_says_how_to_feed_it_and_where_it_comes_from() throws Exception {
        Path file = directory.resolve("card.onnx");
        export(run, "--to", "onnx", "--out", file.toString());

        try (OnnxSession session = new OnnxSession(file)) {
            assertThat(session.metadata())
                    .containsEntry("input.height", "28")
                    .containsEntry("input.channels", "L (ITU-R 601-2 luma)")
                    .containsEntry("run.checkpoint", "last")
                    .containsKey("run.seed");
            assertThat(session.metadata().get("classes"))
                    .startsWith("[\"T-shirt/top\",\"Trouser\"")
                    .endsWith("\"Ankle boot\"]");
        }
    }

    @Test
    void folding_leaves_no_batch_norm_and_makes_the_file_smaller() throws Exception {
        Path kept = directory.resolve("kept.onnx");
        Path folded = directory.resolve("folded.onnx");
        export(run, "--to", "onnx", "--out", kept.toString());
        export(run, "--to", "onnx", "--out", folded.toString(), "--batch-norm", "fold");

        assertThat(nodes(kept, "BatchNormalization")).isEqualTo(17);
        assertThat(nodes(folded, "BatchNormalization")).isZero();
        assertThat(nodes(folded, "Conv")).isEqualTo(nodes(kept, "Conv")).isEqualTo(20);
        assertThat(Files.size(folded)).isLessThan(Files.size(kept));
    }

    private static long nodes(Path file, String operator) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getNodeList().stream()
                .filter(node -> node.getOpType().equals(operator))
                .count();
    }

    @Test
    void safetensors_hold_the_weights_and_the_same_card() throws Exception {
        Path file = directory.resolve("weights.safetensors");
        assertThat(export(run, "--to", "safetensors", "--out", file.toString()).status())
                .isZero();

        Network original = ModelFiles.load(RunDirectory.open(run), SavedModel.LAST, ComputeKernels.STOCK);
        Network copy = Network.initial(original.spec(), 99, ComputeKernels.STOCK);
        SafetensorsFile exported = SafetensorsFile.read(file);
        NetworkWeights.load(
                exported, copy.graph(), copy.spec(), ModuleNaming.of(copy.spec().flavour()));
        INDArray images = Nd4j.rand(3, 1, 28, 28);

        assertThat(copy.probabilities(images)).isEqualTo(original.probabilities(images));
        assertThat(exported.metadata()).containsEntry("input.width", "28").containsEntry("format", "pt");
    }

    @Test
    void a_file_that_cannot_be_written_is_named() {
        Path file = directory.resolve("not-there/model.onnx");
        Outcome outcome = export(run, "--to", "onnx", "--out", file.toString());

        assertThat(outcome.status()).isEqualTo(ExitStatus.RUN.code());
        assertThat(outcome.err())
                .startsWith("error: " + file + ": cannot be written")
                .hasLineCount(1);
    }

    @Test
    void safetensors_cannot_be_folded() {
        Outcome outcome = export(run, "--to", "safetensors", "--out", "x", "--batch-norm", "fold");

        assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE.code());
        assertThat(outcome.err()).contains("--batch-norm fold");
    }
}
