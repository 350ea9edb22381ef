package io.residual.laboratory.experiments.training;

import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.evaluation.labels.ConfidentLearning;
import io.residual.evaluation.metrics.Scores;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Inference;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.GraphNetwork;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** What is measured in a network in addition to its score, along its training and after its last step. */
public enum Probe {
    NONE,
    /** See {@link BatchNormDistance}. */
    BATCH_NORMS {
        @Override
        Map<String, Double> after(ProbeTarget target) {
            return BatchNormDistance.measure(target.network().graph());
        }
    },
    /** See {@link LabelIssues}. */
    LABEL_ISSUES {
        @Override
        Map<String, Double> after(ProbeTarget target) {
            return LabelIssues.measure(target);
        }
    },
    /** See {@link GradientNorms}; names start with {@code epoch.0} before the first step, with {@code bare} without batch norms. */
    GRADIENT_FLOW {
        @Override
        Map<String, Double> afterEpoch(ProbeTarget target, int epoch) {
            Map<String, Double> measures = new LinkedHashMap<>(GradientNorms.measure("epoch." + epoch, target));
            if (epoch == 0) {
                measures.putAll(GradientNorms.measureWithoutBatchNorm("bare", target));
            }
            return measures;
        }
    };

    /** Measures by name, of a network after that many epochs, from 0 on; it stays as it is. */
    Map<String, Double> afterEpoch(ProbeTarget target, int epoch) {
        return Map.of();
    }

    /** Measures by name, of a network that has learnt; it must not be used afterwards. */
    Map<String, Double> after(ProbeTarget target) {
        return Map.of();
    }

    /** A network to measure, with the spec and the images that it is trained with. */
    record ProbeTarget(GraphNetwork network, TrainingSpec spec, SampledImages images) {
        /** The batches that it is trained on, at the start of an epoch. */
        ImageBatches training() {
            return TrainingLoop.batches(spec, images.training());
        }

        /** The batches that it is evaluated on. */
        ImageBatches heldOut() {
            return ImageBatches.inOrder(images.heldOut(), spec.data().input());
        }
    }

    /**
     * Which of the held-out labels look wrong to a network that was not trained on them, and how many of these were made wrong:
     * {@code images}, {@code planted} (wrong labels among them), {@code suspects} (labels that confident learning flags) and {@code
     * hits} (planted ones that it flags).
     */
    static final class LabelIssues {
        private LabelIssues() {}

        static Map<String, Double> measure(ProbeTarget target) {
            ImageSet images = target.images().heldOut();
            ImageSet truth = target.images().heldOutTruth();
            float[][] probabilities = Inference.probabilities(target.network(), target.heldOut());
            int[] labels = IntStream.range(0, images.size()).map(images::label).toArray();
            ConfidentLearning found = ConfidentLearning.of(Scores.of(probabilities, labels));
            long planted = IntStream.range(0, labels.length)
                    .filter(i -> labels[i] != truth.label(i))
                    .count();
            long hits = found.suspects().stream()
                    .filter(suspect -> labels[suspect.example()] != truth.label(suspect.example()))
                    .count();
            return Map.of(
                    "images", (double) labels.length,
                    "planted", (double) planted,
                    "suspects", (double) found.suspects().size(),
                    "hits", (double) hits);
        }
    }

    /**
     * How far apart the first two batch norms of a block are. Both start with scale 1 and shift 0; what they learnt is how far
     * they went from there.
     *
     * <p>For each block with as many channels in both, {@code difference.PATH} is the root mean square, over scales and shifts, of
     * the difference of the two, as a share of the root mean square of what both learnt: 0 if they are the same, the root of 2 if
     * what they learnt is as large and unrelated, 2 if it is opposite.
     */
    static final class BatchNormDistance {
        private static final String FIRST = ".bn1";
        private static final String SECOND = ".bn2";

        private BatchNormDistance() {}

        static Map<String, Double> measure(ComputationGraph graph) {
            Map<String, Double> measures = new LinkedHashMap<>();
            for (String vertex : graph.getConfiguration().getVertices().keySet()) {
                String block = vertex.endsWith(FIRST) ? vertex.substring(0, vertex.length() - FIRST.length()) : "";
                if (block.isEmpty() || graph.getVertex(block + SECOND) == null) {
                    continue;
                }
                INDArray scales = parameter(graph, vertex, BatchNormalizationParamInitializer.GAMMA);
                INDArray otherScales = parameter(graph, block + SECOND, BatchNormalizationParamInitializer.GAMMA);
                if (scales.length() != otherScales.length()) {
                    continue;
                }
                INDArray shifts = parameter(graph, vertex, BatchNormalizationParamInitializer.BETA);
                INDArray otherShifts = parameter(graph, block + SECOND, BatchNormalizationParamInitializer.BETA);
                double apart = squares(scales.sub(otherScales)) + squares(shifts.sub(otherShifts));
                double learnt =
                        (squares(scales.sub(1)) + squares(otherScales.sub(1)) + squares(shifts) + squares(otherShifts))
                                / 2;
                measures.put("difference." + block, learnt == 0 ? 0 : Math.sqrt(apart / learnt));
            }
            return measures;
        }

        private static INDArray parameter(ComputationGraph graph, String vertex, String key) {
            return graph.getLayer(vertex).getParam(key);
        }

        private static double squares(INDArray values) {
            return Transforms.pow(values, 2).sumNumber().doubleValue();
        }
    }
}
