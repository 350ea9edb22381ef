package io.residual.laboratory.gradients.magnitudes;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Images [N, channels, height, width] lie in memory in that order, or with the channels last, as oneDNN has them. */
public final class MemoryLayout {
    private MemoryLayout() {}

    /** A view whose axes are in the order of memory: ND4J passes over others element by element, ten times as slow. */
    static INDArray inMemoryOrder(INDArray array) {
        return isChannelsLast(array) ? array.permute(0, 2, 3, 1) : array;
    }

    private static boolean isChannelsLast(INDArray array) {
        return array.rank() == 4 && array.size(1) > 1 && array.stride(1) == 1;
    }

    /** Sums over images and places of [N, channels, height, width]: [channels]. */
    public static INDArray sumOfChannels(INDArray array) {
        return isChannelsLast(array) ? inMemoryOrder(array).sum(0, 1, 2) : array.sum(0, 2, 3);
    }

    /** A new array; both stay as they are. */
    public static INDArray sum(INDArray left, INDArray right) {
        return isChannelsLast(left) && isChannelsLast(right)
                ? inMemoryOrder(left).add(inMemoryOrder(right)).permute(0, 3, 1, 2)
                : left.add(right);
    }
}
