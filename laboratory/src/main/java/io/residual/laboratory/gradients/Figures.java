package io.residual.laboratory.gradients;

import io.residual.core.VertexPaths;
import io.residual.laboratory.gradients.Kind.Figure;
import io.residual.laboratory.gradients.Snapshot.OfOutput;
import io.residual.laboratory.gradients.Snapshot.OfParameter;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;

/** Figures of a snapshot, one for each layer on the way from the image to the classes. */
final class Figures {
    /** Deeplearning4j's key of a weight. */
    private static final String WEIGHT = "W";

    private Figures() {}

    /** Of the weights of each layer, shortcuts apart. */
    static Function<Snapshot, List<Figure>> ofWeights(Function<OfParameter, OptionalDouble> figure) {
        return snapshot -> snapshot.parameters().stream()
                .filter(p -> p.key().equals(WEIGHT) && !p.vertex().contains(".shortcut."))
                .map(p -> new Figure(p.layer(), figure.apply(p)))
                .toList();
    }

    /** Of the outputs that a path names. */
    static Function<Snapshot, List<Figure>> ofOutputs(
            Predicate<String> path, Function<OfOutput, OptionalDouble> figure) {
        return snapshot -> snapshot.outputs().stream()
                .filter(o -> path.test(o.path()))
                .map(o -> new Figure(o.layer(), figure.apply(o)))
                .toList();
    }

    /** Whether a path is that of a ReLU. */
    static boolean isRelu(String path) {
        return path.contains(".relu");
    }

    /** Whether a path is that of a convolution or the logits, shortcuts apart. */
    static boolean isWeighted(String path) {
        return (path.contains(".conv") || path.equals(VertexPaths.DENSE)) && !path.contains(".shortcut.");
    }
}
