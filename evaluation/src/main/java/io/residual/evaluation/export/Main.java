package io.residual.evaluation.export;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.evaluation.cli.CheckpointOption;
import io.residual.evaluation.model.ModelChoice;
import io.residual.evaluation.model.TrainedModel;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.OutputFile;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.InferencePrecision;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.run.Backend;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.RunManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code export}. */
@Command(
        name = "export",
        description = "Exports the model of a run for other programs.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    @Option(names = "--run", paramLabel = "DIR", required = true, description = "directory of the run")
    private @Nullable Path run;

    @Option(
            names = "--to",
            paramLabel = "onnx|safetensors",
            required = true,
            description = "ONNX for the graph and the weights, safetensors for the weights under PyTorch's names")
    private @Nullable ExportFormat format;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "file to create or replace")
    private @Nullable Path out;

    @Mixin
    private CheckpointOption checkpoint = new CheckpointOption();

    @Option(
            names = "--batch-norm",
            paramLabel = "keep|fold",
            defaultValue = "keep",
            description = "in ONNX, keep batch norms as nodes, or fold them into the convolutions before them (default:"
                    + " ${DEFAULT-VALUE})")
    private BatchNormMode batchNorms = BatchNormMode.KEEP;

    @Option(
            names = "--precision",
            paramLabel = "float32|int8",
            defaultValue = "float32",
            description =
                    "number format of weights and activations in ONNX; int8 folds batch norms, and finds the ranges of"
                            + " activations on training images of the run, once (default: ${DEFAULT-VALUE})")
    private InferencePrecision precision = InferencePrecision.FLOAT32;

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        RunDirectory directory = RunDirectory.open(Objects.requireNonNull(run));
        ExportFormat target = Objects.requireNonNull(format);
        Path file = Objects.requireNonNull(out);
        if (target == ExportFormat.SAFETENSORS && batchNorms == BatchNormMode.FOLD) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "--batch-norm fold: safetensors files keep batch norms, as PyTorch's networks have them: omit the"
                            + " option");
        }
        boolean integers = precision == InferencePrecision.INT8;
        if (precision == InferencePrecision.BF16 || (integers && target != ExportFormat.ONNX)) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "--precision " + precision
                            + ": ONNX models are exported in float32 or int8, safetensors files in float32");
        }
        OutputFile.requireWritable(file);
        Backend.require();
        RunManifest manifest = directory.manifest();
        ModelChoice choice = checkpoint.choice();
        requireOther(file, choice);
        ComputeKernels kernels = integers ? KernelChoice.AUTO.resolve() : ComputeKernels.STOCK;
        if (integers && kernels != ComputeKernels.ONEDNN) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "--precision int8: the ranges of activations are found with oneDNN, which is not available here:"
                            + " export in float32");
        }
        TrainedModel model = TrainedModel.load(directory, choice, kernels);
        Network network = model.network();
        Map<String, String> metadata = ExportMetadata.of(
                manifest,
                choice,
                network.spec().input(),
                directory.spec().data().input());
        try {
            if (integers) {
                ExportFormat.writeIntegers(file, network, model.ranges(), metadata);
            } else {
                target.write(file, network, batchNorms, metadata);
            }
            // A model that is written to standard output must be all that is there.
            if (Files.isRegularFile(file)) {
                Objects.requireNonNull(command)
                        .commandLine()
                        .getOut()
                        .printf(Locale.ROOT, "%s: %,d bytes%n", file, Files.size(file));
            }
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    file + ": cannot be written (" + IoErrors.reason(e)
                            + "): is its folder there, writable, and has the disk room?",
                    e);
        } catch (ResidualException e) {
            throw e.withHint("--to safetensors exports the weights");
        }
        return ExitStatus.OK.code();
    }

    private static void requireOther(Path file, ModelChoice choice) {
        try {
            if (choice instanceof ModelChoice.WeightsFile weights
                    && Files.exists(file)
                    && Files.isSameFile(file, weights.path())) {
                throw new ResidualException(
                        Kind.BAD_SETTING, file + ": is the file to read the weights from: give another --out");
            }
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": cannot be read: " + IoErrors.reason(e), e);
        }
    }
}
