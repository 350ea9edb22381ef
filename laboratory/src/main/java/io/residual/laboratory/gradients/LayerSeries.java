package io.residual.laboratory.gradients;

import io.residual.laboratory.gradients.SeedGroup.LayerValue;
import io.residual.laboratory.gradients.Snapshot.OfOutput;
import io.residual.laboratory.gradients.Snapshot.OfParameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;

/** Figures of a snapshot, one for each layer on the way from the image to the classes. */
final class LayerSeries {
    /** Deeplearning4j's key of a weight. */
    private static final String WEIGHT = "W";

    private static final String SHORTCUT = ".shortcut.";

    private LayerSeries() {}

    /** Of the weights of each convolution, shortcuts apart. */
    static Function<Snapshot, List<LayerValue>> ofWeights(Function<OfParameter, OptionalDouble> figure) {
        return snapshot -> snapshot.parameters().stream()
                .filter(p -> p.key().equals(WEIGHT) && isConvolution(p.vertex()))
                .map(p -> new LayerValue(p.layer(), figure.apply(p)))
                .toList();
    }

    /** Of the outputs that a path names. */
    static Function<Snapshot, List<LayerValue>> ofOutputs(
            Predicate<String> path, Function<OfOutput, OptionalDouble> figure) {
        return snapshot -> snapshot.outputs().stream()
                .filter(o -> path.test(o.path()))
                .map(o -> new LayerValue(o.layer(), figure.apply(o)))
                .toList();
    }

    /** Of what each block hands on. */
    static Function<Snapshot, List<LayerValue>> ofBlockOutputs(Function<OfOutput, OptionalDouble> figure) {
        return snapshot -> {
            Map<String, OfOutput> last = new LinkedHashMap<>();
            snapshot.outputs().stream()
                    .filter(o -> o.path().startsWith("stage") && !o.path().contains(SHORTCUT))
                    .forEach(o -> last.put(o.path().substring(0, o.path().lastIndexOf('.')), o));
            return last.values().stream()
                    .map(o -> new LayerValue(o.layer(), figure.apply(o)))
                    .toList();
        };
    }

    /** Whether a path is that of a ReLU. */
    static boolean isRelu(String path) {
        return path.contains(".relu");
    }

    /** Whether a path is that of a convolution, shortcuts apart. */
    static boolean isConvolution(String path) {
        return path.contains(".conv") && !path.contains(SHORTCUT);
    }
}
