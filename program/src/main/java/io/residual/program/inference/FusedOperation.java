package io.residual.program.inference;

import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** A step of inference, of one or several operations. It reads values of the program and writes one. */
public sealed interface FusedOperation {
    /** The values that it reads. */
    List<Integer> inputs();

    /** The value that it writes. */
    int out();

    /** What is done to a result before it is written. */
    enum Activation {
        NONE,
        RELU
    }

    /**
     * activation(normalize(convolve(in)) + addend).
     *
     * @param normalize the batch norm behind it, with running statistics, if there is one
     * @param addend the value that is added, of the shape of the result
     */
    record Convolution(
            Convolve convolve, Optional<Normalize> normalize, OptionalInt addend, int out, Activation activation)
            implements FusedOperation {
        @Override
        public List<Integer> inputs() {
            return IntStream.concat(IntStream.of(convolve.in()), addend.stream())
                    .boxed()
                    .toList();
        }

        /** The value that the addend is added to, which is not written where there is one. */
        public int summand() {
            return normalize.map(Normalize::out).orElse(convolve.out());
        }

        Convolution with(Normalize normalized) {
            return new Convolution(convolve, Optional.of(normalized), addend, normalized.out(), activation);
        }

        Convolution plus(int other, int sum) {
            return new Convolution(convolve, normalize, OptionalInt.of(other), sum, activation);
        }
    }

    /** activation(normalize(in)), with running statistics. */
    record Scaling(Normalize normalize, int out, Activation activation) implements FusedOperation {
        @Override
        public List<Integer> inputs() {
            return List.of(normalize.in());
        }
    }

    /** activation(left + right). */
    record Sum(int left, int right, int out, Activation activation) implements FusedOperation {
        @Override
        public List<Integer> inputs() {
            return List.of(left, right);
        }
    }

    /** max(0, in), which is not done by what writes in. */
    record Rectification(int in, int out) implements FusedOperation {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /** A pool over parts of an image. */
    record Pooling(Pool pool) implements FusedOperation {
        @Override
        public List<Integer> inputs() {
            return pool.inputs();
        }

        @Override
        public int out() {
            return pool.out();
        }
    }

    /** The mean over all positions of an image. */
    record Mean(int in, int out) implements FusedOperation {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /** Channels of zeros behind those of in. */
    record Padding(PadChannels pad) implements FusedOperation {
        @Override
        public List<Integer> inputs() {
            return pad.inputs();
        }

        @Override
        public int out() {
            return pad.out();
        }
    }
}
