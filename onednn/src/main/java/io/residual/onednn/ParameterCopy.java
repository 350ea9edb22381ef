package io.residual.onednn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Copies parameters and updater state between graphs whose flat arrays have different orders; see {@link OneDnn}. */
final class ParameterCopy {
    private ParameterCopy() {}

    static void parameters(ComputationGraph from, ComputationGraph to) {
        var source = from.paramTable();
        var target = to.paramTable();
        requireSameNames(source.keySet(), target.keySet(), "parameters");
        source.forEach((name, values) -> copy(name, values, target.get(name)));
    }

    static void updaterState(ComputationGraph from, ComputationGraph to) {
        var source = updaterState(from);
        var target = updaterState(to);
        requireSameNames(source.keySet(), target.keySet(), "parameters with updater state");
        source.forEach((name, values) -> copy(name, values, target.get(name)));
    }

    /**
     * The updater's state, by parameter and component ({@code stem.conv_W/0}). A block of parameters with equal updaters
     * holds one component for all of them, then the next: for Adam all first moments, then all second moments.
     */
    private static Map<String, INDArray> updaterState(ComputationGraph graph) {
        var state = new LinkedHashMap<String, INDArray>();
        for (UpdaterBlock block : graph.getUpdater().getUpdaterBlocks()) {
            var view = block.getUpdaterView();
            if (view == null) {
                continue;
            }
            long start = block.getParamOffsetStart();
            long length = block.getParamOffsetEnd() - start;
            var flat = view.reshape(view.length());
            for (var parameter : block.getLayersAndVariablesInBlock()) {
                var name = parameter.getLayer().getConfig().getLayerName() + '_' + parameter.getParamName();
                for (long component = 0; component * length < view.length(); component++) {
                    long offset = component * length - start;
                    var slice = NDArrayIndex.interval(
                            offset + parameter.getParamOffsetStart(), offset + parameter.getParamOffsetEnd());
                    state.put(name + '/' + component, flat.get(slice));
                }
            }
        }
        return state;
    }

    private static void copy(String name, INDArray from, @Nullable INDArray to) {
        if (to == null || !from.equalShapes(to)) {
            throw new IllegalArgumentException(name + ": cannot copy " + from.shapeInfoToString() + " to "
                    + (to == null ? "nothing" : to.shapeInfoToString()));
        }
        to.assign(from);
    }

    private static void requireSameNames(Set<String> from, Set<String> to, String what) {
        if (!from.equals(to)) {
            var onlyFrom = new TreeSet<>(from);
            onlyFrom.removeAll(to);
            var onlyTo = new TreeSet<>(to);
            onlyTo.removeAll(from);
            throw new IllegalArgumentException("The two networks differ in their " + what + ": only the first has "
                    + onlyFrom + ", only the second has " + onlyTo);
        }
    }
}
