package io.residual.training.optim;

import io.residual.core.VertexPaths;
import io.residual.training.config.UpdateSpec;
import io.residual.training.optim.ParameterLayout.Part;
import io.residual.training.optim.ParameterLayout.Role;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Bounds gradients before an update. */
final class Clipping {
    /** PyTorch's, against division by zero. */
    private static final double NORM_EPSILON = 1e-6;

    private static final double MIN_WEIGHT_NORM = 1e-3;
    private static final double MIN_GRADIENT_NORM = 1e-6;

    private final double maxNorm;
    private final double maxShare;
    private final INDArray gradient;
    private final List<Unit> units;

    /** The rows of a parameter and of its gradient: [units, values]. */
    private record Unit(INDArray parameters, INDArray gradient) {
        static Unit of(Part part, INDArray parameters, INDArray gradient) {
            return new Unit(rows(part, parameters), rows(part, gradient));
        }

        private static INDArray rows(Part part, INDArray flat) {
            return FlatArrays.view(flat, part.from(), part.length())
                    .reshape(part.units(), part.length() / part.units());
        }
    }

    Clipping(ParameterLayout layout, UpdateSpec spec, INDArray parameters, INDArray gradient) {
        this.maxNorm = spec.clipNorm();
        this.maxShare = spec.adaptiveClipping();
        this.gradient = gradient;
        this.units = maxShare == 0
                ? List.of()
                : layout.parts().stream()
                        // Brock et al. 2021, section 4.1: all but the last layer.
                        .filter(part ->
                                part.role() != Role.STATISTIC && !part.vertex().equals(VertexPaths.DENSE))
                        .map(part -> Unit.of(part, parameters, gradient))
                        .toList();
    }

    /**
     * Bounds the gradient: first each unit's, then the complete one.
     *
     * @param scale by which the values of the gradient must be multiplied to be that of the mean loss
     * @return the scale after which the complete gradient is bounded
     */
    double apply(double scale) {
        units.forEach(unit -> clipUnit(unit, scale));
        if (maxNorm == 0) {
            return scale;
        }
        double norm = scale * gradient.norm2Number().doubleValue();
        return scale * Math.min(1, maxNorm / (norm + NORM_EPSILON));
    }

    /** Adaptive gradient clipping (Brock et al. 2021, equation 3), by output unit; a vector is one unit, as in its program. */
    private void clipUnit(Unit unit, double scale) {
        try (INDArray most = unit.parameters().norm2(1);
                INDArray norm = unit.gradient().norm2(1)) {
            Transforms.max(most, MIN_WEIGHT_NORM, false).muli(maxShare);
            Transforms.max(norm.muli(scale), MIN_GRADIENT_NORM, false);
            most.divi(norm);
            Transforms.min(most, 1, false);
            unit.gradient().muliColumnVector(most.reshape(most.length(), 1));
        }
    }
}
