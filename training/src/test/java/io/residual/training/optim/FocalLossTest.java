package io.residual.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.residual.data.Batch;
import io.residual.training.config.RegularisationSpec;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Weights of classes and the focal loss against PyTorch in double precision, by {@code generate_losses.py}. */
class FocalLossTest {
    /** Labels are of 32 bits. */
    private static final double ROUNDING = 3e-7;

    static Stream<Named<JsonNode>> cases() throws IOException {
        JsonNode all = new JsonMapper().readTree(FocalLossTest.class.getResource("losses.json"));
        return StreamSupport.stream(all.spliterator(), false)
                .map(one -> Named.of(one.get("name").asText(), one));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void loss_and_gradient_are_pytorch_s(JsonNode expected) {
        INDArray logits = matrix(expected.get("logits"));
        Batch batch = batch(expected.get("labels"));
        LabelWeights weights = new LabelWeights(list(expected.get("weights")));
        INDArray labels = weights.apply(labels(expected, batch, weights.classes()), batch);
        FocalLoss loss = new FocalLoss(expected.get("gamma").asDouble());

        double score = loss.computeScore(labels, logits, new ActivationSoftmax(), null, true);
        INDArray gradient = loss.computeGradient(labels, logits, new ActivationSoftmax(), null);

        assertThat(score)
                .isCloseTo(
                        expected.get("loss").asDouble(),
                        within(ROUNDING * expected.get("loss").asDouble()));
        double largest = list(expected.get("gradient")).stream()
                .mapToDouble(Math::abs)
                .max()
                .orElseThrow();
        double[] actual = gradient.div(batch.size()).data().asDouble();
        assertThat(actual)
                .usingComparatorWithPrecision(ROUNDING * largest)
                .containsExactly(list(expected.get("gradient")).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray());
    }

    @Test
    void gamma_0_is_deeplearning4j_s_cross_entropy_where_labels_sum_to_1() throws IOException {
        JsonNode any = cases().findFirst().orElseThrow().getPayload();
        INDArray logits = matrix(any.get("logits"));
        INDArray labels = batch(any.get("labels")).oneHot(4);

        assertThat(new FocalLoss(0).computeGradient(labels, logits, new ActivationSoftmax(), null))
                .isEqualTo(new LossMCXENT().computeGradient(labels, logits.dup(), new ActivationSoftmax(), null));
    }

    @Test
    void equal_weights_leave_the_labels_as_they_are() {
        INDArray labels = Nd4j.eye(3);
        Batch batch = new Batch(Nd4j.zeros(3, 1, 1, 1), 0, 1, 2);

        assertThat(LabelWeights.equal(3).apply(labels, batch)).isSameAs(labels);
        assertThat(new LabelWeights(List.of(7.0, 7.0, 7.0)).apply(labels, batch))
                .isSameAs(labels);
    }

    @Test
    void another_activation_than_a_softmax_is_refused() {
        assertThatThrownBy(
                        () -> new FocalLoss(2).computeScore(Nd4j.eye(2), Nd4j.eye(2), new ActivationReLU(), null, true))
                .hasMessageStartingWith("the focal loss is that of a softmax, not of ");
    }

    /** One-hot or smoothed by what training smooths with, and mixed as the case says. */
    private static INDArray labels(JsonNode expected, Batch batch, int classes) {
        RegularisationSpec smoothing =
                new RegularisationSpec(expected.get("smoothing").asDouble(), 0, 0, 0);
        INDArray labels = new BatchMixing(smoothing, 1).apply(batch, classes, 0);
        double share = expected.get("share").asDouble();
        JsonNode partners = expected.get("partners");
        if (partners.isEmpty()) {
            return labels;
        }
        int[] rows = list(partners).stream().mapToInt(Double::intValue).toArray();
        return labels.mul(share).add(Nd4j.pullRows(labels, 1, rows).mul(1 - share));
    }

    private static Batch batch(JsonNode labels) {
        int[] values = list(labels).stream().mapToInt(Double::intValue).toArray();
        return new Batch(Nd4j.zeros(values.length, 1, 1, 1), values);
    }

    private static INDArray matrix(JsonNode rows) {
        return Nd4j.createFromArray(IntStream.range(0, rows.size())
                .mapToObj(i -> {
                    float[] row = new float[rows.get(i).size()];
                    for (int c = 0; c < row.length; c++) {
                        row[c] = rows.get(i).get(c).floatValue();
                    }
                    return row;
                })
                .toArray(float[][]::new));
    }

    /** All numbers, row by row. */
    private static List<Double> list(JsonNode values) {
        return StreamSupport.stream(values.spliterator(), false)
                .flatMap(value -> value.isArray() ? list(value).stream() : Stream.of(value.asDouble()))
                .toList();
    }
}
