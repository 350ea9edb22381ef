package io.residual.program.plan;

import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Program.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a worker does with a part of a batch. */
public sealed interface Task {
    record ConvolveForward(Convolve operation, Area in, Area out) implements Task {}

    record ConvolveData(Convolve operation, Area outGradient, Area inGradient) implements Task {}

    record ConvolveWeights(Convolve operation, Area in, Area outGradient) implements Task {}

    /**
     * Pooling that leaves where the maxima were.
     *
     * @param indices where their positions go; null for means
     */
    record PoolForward(
            Pool operation, Area in, Area out, @Nullable Area indices) implements Task {}

    record PoolBackward(
            Pool operation,
            Area outGradient,
            Area inGradient,
            @Nullable Area indices) implements Task {}

    record Pad(PadChannels operation, Area in, Area out) implements Task {}

    record Unpad(PadChannels operation, Area outGradient, Area inGradient) implements Task {}

    /** Softmax cross entropy and its gradient. */
    record Loss(Area logits, Area gradient) implements Task {}

    /**
     * Arithmetic on numbers of one shape, tile by tile in the first-level cache.
     *
     * @param registers how many tiles are held at once
     */
    record Elementwise(Value shape, List<Tile> operations, int registers) implements Task {
        public Elementwise {
            operations = List.copyOf(operations);
        }
    }

    /** An operation on tiles, which are counted. */
    sealed interface Tile {
        /** The tiles that it reads. */
        List<Integer> read();

        /** The tile that it writes; -1 for none. */
        default int written() {
            return -1;
        }
    }

    /** Operations that write a tile. */
    sealed interface WritesTile extends Tile {
        int to();

        @Override
        default int written() {
            return to();
        }
    }

    record Load(Area from, int to) implements WritesTile {
        @Override
        public List<Integer> read() {
            return List.of();
        }
    }

    record Store(int from, Area to) implements Tile {
        @Override
        public List<Integer> read() {
            return List.of(from);
        }
    }

    record Sum(int left, int right, int to) implements WritesTile {
        @Override
        public List<Integer> read() {
            return List.of(left, right);
        }
    }

    record Relu(int from, int to) implements WritesTile {
        @Override
        public List<Integer> read() {
            return List.of(from);
        }
    }

    /** The gradient where the value is above 0, else 0. */
    record Mask(int gradient, int value, int to) implements WritesTile {
        @Override
        public List<Integer> read() {
            return List.of(gradient, value);
        }
    }

    record Normalized(Normalize operation, int from, int to) implements WritesTile {
        @Override
        public List<Integer> read() {
            return List.of(from);
        }
    }

    /** As {@link Normalized}, then {@link Relu}. */
    record NormalizedRelu(Normalize operation, int from, int to) implements WritesTile {
        @Override
        public List<Integer> read() {
            return List.of(from);
        }
    }

    /** Moments of each channel. */
    record Statistics(Normalize operation, int from) implements Tile {
        @Override
        public List<Integer> read() {
            return List.of(from);
        }
    }

    /** Sums of the gradient of a normalized value, and of its products with the deviation of the value from its mean. */
    record GradientSums(Normalize operation, int gradient, int value) implements Tile {
        @Override
        public List<Integer> read() {
            return List.of(gradient, value);
        }
    }

    /** The gradient of the value that is normalized. */
    record NormalizedGradient(Normalize operation, int gradient, int value, int to) implements WritesTile {
        @Override
        public List<Integer> read() {
            return List.of(gradient, value);
        }
    }
}
