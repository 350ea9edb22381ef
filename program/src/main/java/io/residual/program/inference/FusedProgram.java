package io.residual.program.inference;

import io.residual.program.Operation;
import io.residual.program.Operation.Add;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Operation.Rectify;
import io.residual.program.Program;
import io.residual.program.inference.FusedOperation.Activation;
import io.residual.program.inference.FusedOperation.Convolution;
import io.residual.program.inference.FusedOperation.Scaling;
import io.residual.program.inference.FusedOperation.Sum;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A program for inference: what follows a convolution is done by it, if nothing else reads what is in between.
 *
 * @param operations in an order in which every value is written before it is read
 */
public record FusedProgram(Program program, List<FusedOperation> operations) {
    public FusedProgram {
        operations = List.copyOf(operations);
    }

    /** What is fused. */
    public enum Fusing {
        ALL,
        /** Sums and ReLUs remain operations of their own. */
        BATCH_NORMS
    }

    public static FusedProgram of(Program program, Fusing fusing) {
        Fusion fusion = new Fusion(program, fusing);
        program.operations().forEach(fusion::add);
        return new FusedProgram(program, fusion.fused);
    }

    /** The values from the input to the mean over the positions of the last image, which other number formats are for. */
    public Set<Integer> images() {
        Set<Integer> images = new HashSet<>(Set.of(program.input()));
        for (FusedOperation operation : operations) {
            if (images.contains(operation.inputs().get(0))
                    && !(operation instanceof FusedOperation.Mean)
                    && operation.out() != program.logits()) {
                images.add(operation.out());
            }
        }
        return images;
    }

    private static final class Fusion {
        private final Program program;
        private final Fusing fusing;
        private final List<FusedOperation> fused = new ArrayList<>();
        private final int[] readers;

        Fusion(Program program, Fusing fusing) {
            this.program = program;
            this.fusing = fusing;
            readers = new int[program.values().size()];
            program.operations().forEach(operation -> operation.inputs().forEach(in -> readers[in]++));
            readers[program.logits()]++;
        }

        void add(Operation operation) {
            if (operation instanceof Convolve convolve) {
                fused.add(new Convolution(
                        convolve, Optional.empty(), OptionalInt.empty(), convolve.out(), Activation.NONE));
            } else if (operation instanceof Normalize normalize) {
                normalize(normalize);
            } else if (operation instanceof Rectify rectify) {
                rectify(rectify);
            } else if (operation instanceof Add add) {
                sum(add);
            } else if (operation instanceof Pool pool) {
                fused.add(
                        isMean(pool)
                                ? new FusedOperation.Mean(pool.in(), pool.out())
                                : new FusedOperation.Pooling(pool));
            } else if (operation instanceof PadChannels pad) {
                fused.add(new FusedOperation.Padding(pad));
            }
        }

        private boolean isMean(Pool pool) {
            return pool.kind() == Pool.Kind.MEAN_OF_PRESENT
                    && pool.window().rows().size() == program.value(pool.in()).height()
                    && pool.window().columns().size()
                            == program.value(pool.in()).width()
                    && program.value(pool.out()).positions() == 1
                    && pool.window().rows().before() == 0
                    && pool.window().columns().before() == 0;
        }

        /** Where the operation is that writes a value which only one other reads; -1 if others read it, too. */
        private int onlyFor(int value) {
            for (int i = fused.size() - 1; i >= 0 && readers[value] == 1; i--) {
                if (fused.get(i).out() == value) {
                    return i;
                }
            }
            return -1;
        }

        private void normalize(Normalize normalize) {
            int before = onlyFor(normalize.in());
            if (before >= 0
                    && fused.get(before) instanceof Convolution convolution
                    && convolution.normalize().isEmpty()
                    && isBare(convolution)) {
                fused.set(before, convolution.with(normalize));
            } else {
                fused.add(new Scaling(normalize, normalize.out(), Activation.NONE));
            }
        }

        private static boolean isBare(Convolution convolution) {
            return convolution.addend().isEmpty() && convolution.activation() == Activation.NONE;
        }

        private void rectify(Rectify rectify) {
            int before = fusing == Fusing.ALL ? onlyFor(rectify.in()) : -1;
            FusedOperation written = before < 0 ? null : fused.get(before);
            if (written instanceof Convolution c && c.activation() == Activation.NONE) {
                fused.set(
                        before,
                        new Convolution(c.convolve(), c.normalize(), c.addend(), rectify.out(), Activation.RELU));
            } else if (written instanceof Scaling s && s.activation() == Activation.NONE) {
                fused.set(before, new Scaling(s.normalize(), rectify.out(), Activation.RELU));
            } else if (written instanceof Sum s && s.activation() == Activation.NONE) {
                fused.set(before, new Sum(s.left(), s.right(), rectify.out(), Activation.RELU));
            } else {
                fused.add(new FusedOperation.Rectification(rectify.in(), rectify.out()));
            }
        }

        /** The later of two convolutions adds the result of the other, which is there by then. */
        private void sum(Add add) {
            int left = addingAt(add.left());
            int right = addingAt(add.right());
            int adding = Math.max(left, right);
            if (adding < 0 || fusing == Fusing.BATCH_NORMS) {
                fused.add(new Sum(add.left(), add.right(), add.out(), Activation.NONE));
            } else {
                Convolution convolution = (Convolution) fused.remove(adding);
                fused.add(convolution.plus(adding == left ? add.right() : add.left(), add.out()));
            }
        }

        private int addingAt(int value) {
            int at = onlyFor(value);
            return at >= 0 && fused.get(at) instanceof Convolution convolution && isBare(convolution) ? at : -1;
        }
    }
}
