package io.residual.program.plan;

import io.residual.program.Operation;
import io.residual.program.Operation.Normalize;
import io.residual.program.Program;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who writes and reads each value of a program, and in which phases values and their gradients can be known. */
final class Dependencies {
    private final Map<Integer, Operation> producers = new HashMap<>();
    private final Map<Integer, List<Operation>> readers = new HashMap<>();
    private final int[] known;
    private final int[] complete;
    private final int lossPhase;

    Dependencies(Program program) {
        int count = program.values().size();
        known = new int[count];
        complete = new int[count];
        for (Operation operation : program.operations()) {
            producers.put(operation.out(), operation);
            int last = 0;
            for (int in : operation.inputs()) {
                readers.computeIfAbsent(in, key -> new ArrayList<>()).add(operation);
                last = Math.max(last, known[in]);
            }
            known[operation.out()] = operation instanceof Normalize ? last + 1 : last;
        }
        lossPhase = known[program.logits()];
        complete[program.logits()] = lossPhase;
        for (int i = program.operations().size() - 1; i >= 0; i--) {
            Operation operation = program.operations().get(i);
            int after = complete[operation.out()];
            for (int in : operation.inputs()) {
                complete[in] = Math.max(complete[in], operation instanceof Normalize ? after + 1 : after);
            }
        }
    }

    /** The operation that writes a value; null for the network's input. */
    @Nullable
    Operation producer(int value) {
        return producers.get(value);
    }

    List<Operation> readers(int value) {
        return Objects.requireNonNullElse(readers.get(value), List.of());
    }

    /** The first phase in which a value can be computed: each batch norm before it needs one of its own. */
    int known(int value) {
        return known[value];
    }

    /** The first phase in which all parts of a value's gradient can be computed. */
    int complete(int value) {
        return complete[value];
    }

    /** The phase that ends the forward pass and begins the backward pass. */
    int lossPhase() {
        return lossPhase;
    }

    int lastPhase() {
        int last = lossPhase;
        for (int at : complete) {
            last = Math.max(last, at);
        }
        return last;
    }
}
