package io.residual.onednn.step;

import io.residual.onednn.kernels.Precision;
import io.residual.program.Operation;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Program;
import java.util.HashSet;
import java.util.Set;

/**
 * In which precision a step keeps values and their gradients: that of the step, but for the network's input and the logits, which
 * are of 32 bits.
 */
final class Storage {
    private final Program program;
    private final Precision precision;
    private final Set<Integer> exact = new HashSet<>();

    Storage(Program program, Precision precision) {
        this.program = program;
        this.precision = precision;
        exact.add(program.input());
        exact.add(program.logits());
        int before;
        do {
            before = exact.size();
            program.operations().forEach(this::addNeighbours);
        } while (exact.size() > before);
    }

    /** Pools and paddings write what they read. */
    private void addNeighbours(Operation operation) {
        if (operation instanceof Pool || operation instanceof PadChannels) {
            int in = operation.inputs().get(0);
            if (exact.contains(in) || exact.contains(operation.out())) {
                exact.add(in);
                exact.add(operation.out());
            }
        }
    }

    /** Of a value and its gradient. */
    Precision of(int value) {
        return exact.contains(value) ? Precision.F32 : precision;
    }

    /** Of an image of a value. */
    long bytes(int value) {
        return (long) program.value(value).size() * of(value).bytes();
    }

    /** In what a convolution multiplies. */
    Precision factors(Convolve operation) {
        return operation.out() == program.logits() ? Precision.F32 : precision;
    }
}
