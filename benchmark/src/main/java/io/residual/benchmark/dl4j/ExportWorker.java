package io.residual.benchmark.dl4j;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Measurement;
import io.residual.evaluation.export.BatchNormMode;
import io.residual.evaluation.export.ExportFormat;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Child process: writes the job's network as an ONNX model, as {@code export} does, and measures nothing. */
public final class ExportWorker {
    private ExportWorker() {}

    public static void main(String[] arguments) throws IOException {
        Job job = Job.read(arguments);
        Network network = Network.initial(job.spec(), 1, ComputeKernels.STOCK);
        GraphInputs.of(job).load(network.graph());
        ExportFormat.ONNX.write(job.model(), network, BatchNormMode.KEEP, Map.of());
        Measurement.checked(List.of(), List.of(), job.spec().parameters(), StockWorker.versions())
                .print(System.out);
    }
}
