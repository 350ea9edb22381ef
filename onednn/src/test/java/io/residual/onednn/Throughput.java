package io.residual.onednn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Images a second that ResNet-18 of width 64 takes, on random images. Not a test: run it on a quiet machine.
 *
 * <p>Arguments: {@code [stock|onednn|bf16] [train|infer] [pixels] [batch] [rounds] [steps a round]}.
 */
final class Throughput {
    private Throughput() {}

    public static void main(String[] args) {
        var words = new ArrayList<>(List.of("onednn", "train", "28", "256", "3", "5"));
        for (int i = 0; i < args.length; i++) {
            words.set(i, args[i]);
        }
        int pixels = Integer.parseInt(words.get(2));
        int batch = Integer.parseInt(words.get(3));
        int rounds = Integer.parseInt(words.get(4));
        int steps = Integer.parseInt(words.get(5));

        var graph = new ComputationGraph(configuration(words.get(0), pixels));
        graph.init();
        var images = Nd4j.rand(batch, 1, pixels, pixels);
        var labels = Nd4j.zeros(batch, 10);
        for (int i = 0; i < batch; i++) {
            labels.putScalar(i, i % 10, 1);
        }
        Runnable step =
                words.get(1).equals("train") ? training(graph, images, labels) : () -> graph.output(false, images);
        for (int i = 0; i < 3; i++) {
            step.run();
        }
        var rates = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < steps; i++) {
                step.run();
            }
            rates[round] = batch * steps / ((System.nanoTime() - start) / 1e9);
            System.out.printf(Locale.ROOT, "%s: %.1f images/s%n", String.join(" ", words), rates[round]);
        }
        Arrays.sort(rates);
        System.out.printf(Locale.ROOT, "median %.1f images/s, score %.4f%n", rates[rounds / 2], graph.score());
    }

    private static ComputationGraphConfiguration configuration(String kernels, int pixels) {
        var stock = ResNets.of(pixels, 1, new Sgd(0.05), 64, 128, 256, 512);
        return switch (kernels) {
            case "stock" -> stock;
            case "onednn" -> OneDnn.accelerate(stock);
            case "bf16" -> OneDnn.accelerate(stock, normalization -> false, Precision.BF16);
            default -> throw new IllegalArgumentException(kernels + ": one of stock, onednn, bf16");
        };
    }

    private static Runnable training(ComputationGraph graph, INDArray images, INDArray labels) {
        var data = new DataSet(images, labels);
        return () -> graph.fit(data);
    }
}
