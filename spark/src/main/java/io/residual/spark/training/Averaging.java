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
    static float[] state(List<WorkerResult> results) {
        double[] sum = new double[results.get(0).state().length];
        long images = 0;
        for (WorkerResult result : results) {
            long weight = result.allImages();
            float[] state = result.state();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += weight * (double) state[i];
            }
            images += weight;
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / images);
        }
        return mean;
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
