package io.residual.spark.training;

import io.residual.training.loop.StepExecutor.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * What several workers found in a round, put together. Everything is added up in double precision and in the order of the
 * workers, whoever was ready first.
 */
final class Averaging {
    private Averaging() {}

    /** The mean of the workers' states; an image weighs the same whoever trained on it. */
    static float[] states(List<WorkerResult> results) {
        long images = results.stream().mapToLong(WorkerResult::allImages).sum();
        double[] sum = new double[results.get(0).values().length];
        results.forEach(result -> add(result.allImages(), result.values(), sum));
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= images;
        }
        return floats(sum);
    }

    /** The sum of the workers' gradients. */
    static float[] gradients(List<WorkerResult> results) {
        double[] sum = new double[results.get(0).values().length];
        results.forEach(result -> add(1, result.values(), sum));
        return floats(sum);
    }

    private static void add(long weight, float[] values, double[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * (double) values[i];
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** The outcome of each step on its complete batch. */
    static List<Step> steps(List<WorkerResult> results) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < results.get(0).images().length; i++) {
            double loss = 0;
            long hits = 0;
            int images = 0;
            for (WorkerResult result : results) {
                loss += result.losses()[i] * result.images()[i];
                hits += result.hits()[i];
                images += result.images()[i];
            }
            steps.add(new Step(loss / images, hits, images));
        }
        return steps;
    }
}
