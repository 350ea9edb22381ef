package io.residual.tuning.arbiter;

import io.residual.tuning.search.Parameter;
import io.residual.tuning.search.SearchSpace;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.deeplearning4j.arbiter.optimize.api.AbstractParameterSpace;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.continuous.ContinuousParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.discrete.DiscreteParameterSpace;

/**
 * A search space as Arbiter sees it: the unit cube, with a coordinate for each parameter. Its values are the points
 * themselves, since Arbiter serialises values.
 */
@SuppressWarnings("rawtypes") // as Arbiter declares them
final class UnitCube extends AbstractParameterSpace<double[]> {
    private final List<ParameterSpace> leaves;

    UnitCube(SearchSpace space) {
        this.leaves = space.parameters().stream().map(UnitCube::leaf).toList();
        IntStream.range(0, leaves.size()).forEach(i -> leaves.get(i).setIndices(i));
    }

    /** A leaf from which a grid sees how many values there are. */
    private static ParameterSpace leaf(Parameter parameter) {
        var size = parameter.dimension().size();
        return size.isPresent()
                ? new DiscreteParameterSpace<>(
                        LongStream.range(0, size.getAsLong()).boxed().toList())
                : new ContinuousParameterSpace(0, 1);
    }

    @Override
    public double[] getValue(double[] point) {
        return point.clone();
    }

    @Override
    public int numParameters() {
        return leaves.size();
    }

    @Override
    public List<ParameterSpace> collectLeaves() {
        return leaves;
    }

    @Override
    public boolean isLeaf() {
        return false;
    }

    @Override
    public void setIndices(int... indices) {
        throw new IllegalStateException("only leaves have indices");
    }
}
