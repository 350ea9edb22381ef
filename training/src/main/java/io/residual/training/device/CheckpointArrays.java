package io.residual.training.device;

import io.residual.cuda.step.DeviceTraining;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What decides the next steps of a device as arrays of the names and shapes that checkpoints have. */
final class CheckpointArrays {
    private static final String PARAMETERS = "parameters";
    private static final String AVERAGE = "step.average";
    /** Both moments of Adam, one after the other. */
    private static final String MOMENTS = "step.updater";

    private static final String VELOCITY = "step.velocity";

    private final FlatLayout layout;
    private final long[] shape;

    /** @param shape of the parameters */
    CheckpointArrays(FlatLayout layout, long... shape) {
        this.layout = layout;
        this.shape = shape.clone();
    }

    Map<String, INDArray> of(DeviceTraining training) {
        Map<String, INDArray> arrays = new TreeMap<>();
        int length = layout.length();
        arrays.put(PARAMETERS, array(shape, List.of(training.parameters())));
        Map<String, Map<String, float[]>> state = training.state();
        Map<String, float[]> average = state.get("average");
        Map<String, float[]> first = state.get("moment0");
        Map<String, float[]> second = state.get("moment1");
        if (average != null) {
            arrays.put(AVERAGE, array(new long[] {length}, List.of(average)));
        }
        if (first != null && second != null) {
            arrays.put(MOMENTS, array(new long[] {1, 2L * length}, List.of(first, second)));
        } else if (first != null) {
            arrays.put(VELOCITY, array(new long[] {length}, List.of(first)));
        }
        return arrays;
    }

    private INDArray array(long[] ofShape, List<Map<String, float[]>> parts) {
        float[] values = new float[parts.size() * layout.length()];
        for (int i = 0; i < parts.size(); i++) {
            layout.toCheckpoint(parts.get(i), values, i * layout.length());
        }
        return Nd4j.create(values, ofShape, 'c');
    }

    void restore(DeviceTraining training, Map<String, INDArray> arrays) {
        training.setParameters(part(arrays, PARAMETERS, 0));
        Map<String, Map<String, float[]>> state = new TreeMap<>();
        if (arrays.containsKey(AVERAGE)) {
            state.put("average", part(arrays, AVERAGE, 0));
        }
        if (arrays.containsKey(MOMENTS)) {
            state.put("moment0", part(arrays, MOMENTS, 0));
            state.put("moment1", part(arrays, MOMENTS, layout.length()));
        } else if (arrays.containsKey(VELOCITY)) {
            state.put("moment0", part(arrays, VELOCITY, 0));
        }
        training.setState(state);
    }

    private Map<String, float[]> part(Map<String, INDArray> arrays, String name, int offset) {
        return layout.ofCheckpoint(
                Objects.requireNonNull(arrays.get(name)).data().asFloat(), offset);
    }
}
