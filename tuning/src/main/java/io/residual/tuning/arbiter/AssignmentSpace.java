package io.residual.tuning.arbiter;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Parameter;
import io.residual.tuning.search.SearchSpace;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.deeplearning4j.arbiter.optimize.api.AbstractParameterSpace;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.continuous.ContinuousParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.discrete.DiscreteParameterSpace;

/** A search space as Arbiter sees it: a point of the unit cube with a coordinate for each parameter gives an assignment. */
@SuppressWarnings("rawtypes") // as Arbiter declares them
final class AssignmentSpace extends AbstractParameterSpace<Assignment> {
    private final SearchSpace space;
    private final List<ParameterSpace> leaves;

    AssignmentSpace(SearchSpace space) {
        this.space = space;
        this.leaves = space.parameters().stream().map(AssignmentSpace::leaf).toList();
        IntStream.range(0, leaves.size()).forEach(i -> leaves.get(i).setIndices(i));
    }

    /** Tells a grid how many values there are. */
    private static ParameterSpace leaf(Parameter parameter) {
        var size = parameter.dimension().size();
        return size.isPresent()
                ? new DiscreteParameterSpace<>(
                        LongStream.range(0, size.getAsLong()).boxed().toList())
                : new ContinuousParameterSpace(0, 1);
    }

    @Override
    public Assignment getValue(double[] point) {
        return space.at(point);
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
