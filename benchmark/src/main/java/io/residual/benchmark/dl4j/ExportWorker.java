package io.residual.benchmark.dl4j;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.measurement.Precision;
import io.residual.evaluation.export.BatchNormMode;
import io.residual.evaluation.export.ExportFormat;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Child process: writes the job's network as ONNX models of floats and of integers, as {@code export} does. */
public final class ExportWorker {
    private ExportWorker() {}

    public static void main(String[] arguments) throws IOException {
        Job job = Job.read(arguments);
        GraphInputs inputs = GraphInputs.of(job);
        Network network = Network.initial(job.spec(), 1, ComputeKernels.STOCK);
        inputs.load(network.graph());
        ExportFormat.ONNX.write(job.model(Precision.F32), network, BatchNormMode.KEEP, Map.of());
        Network integers = Network.initial(job.spec(), 1, KernelChoice.ONEDNN.resolve());
        inputs.load(integers.graph());
        ExportFormat.writeIntegers(
                job.model(Precision.INT8), integers, integers.ranges(List.of(inputs.images())), Map.of());
        Measurement.checked(List.of(), List.of(), job.spec().parameters(), StockWorker.versions())
                .print(System.out);
    }
}
