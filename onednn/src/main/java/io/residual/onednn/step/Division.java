package io.residual.onednn.step;

import io.residual.program.Operation.Convolve;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.plan.Area;
import io.residual.program.plan.Phase;
import io.residual.program.plan.Task;
import java.util.List;
import java.util.function.Predicate;

/** How phases divide a batch into parts that stay in a core's cache. */
final class Division {
    /** What a part may fill of a core's own cache. */
    private static final long CACHE_BYTES = 1 << 20;

    /** So that the result is the same for 1, 2 and 4 threads. */
    private static final int MIN_LANES = 4;

    private final Program program;
    private final List<Phase> phases;
    private final int images;
    private final int lanes;
    private final List<Parts> parts;

    /** So many images at a time, the rest at the end. */
    record Parts(int size, int count, int rest) {
        int images(int part) {
            return part == count - 1 && rest > 0 ? rest : size;
        }
    }

    Division(Program program, List<Phase> phases, int images, int threads) {
        this.program = program;
        this.phases = phases;
        this.images = images;
        this.lanes = threads <= MIN_LANES && threads != 3 ? MIN_LANES : threads;
        this.parts = phases.stream().map(this::divided).toList();
    }

    /** Whether gradients of weights weigh more than the images that they are computed from: of the complete batch at once, then. */
    static boolean isHeavy(Program program, Convolve operation, int images) {
        return operation.in() != program.input()
                && weightCount(program, operation) > images * numbers(program, operation) / 4;
    }

    static long weightCount(Program program, Convolve operation) {
        return (long) program.value(operation.in()).channels()
                * program.value(operation.out()).channels()
                * operation.window().rows().size()
                * operation.window().columns().size();
    }

    /** Of an image, read and written. */
    private static long numbers(Program program, Convolve operation) {
        Value in = program.value(operation.in());
        Value out = program.value(operation.out());
        return (long) in.size() + out.size();
    }

    private Parts divided(Phase phase) {
        long bytes = 1;
        long needed = 1;
        for (Area area : phase.own()) {
            bytes += area.bytesPerImage();
        }
        for (Task task : phase.tasks()) {
            if (task instanceof Task.ConvolveForward forward) {
                bytes += forward.in().bytesPerImage() + forward.out().bytesPerImage();
                needed = Math.max(needed, imagesFor(forward.operation()));
            } else if (task instanceof Task.ConvolveData data) {
                bytes += data.inGradient().bytesPerImage() + data.outGradient().bytesPerImage();
                needed = Math.max(needed, imagesFor(data.operation()));
            } else if (task instanceof Task.ConvolveWeights gradient) {
                needed = Math.max(needed, 2 * imagesFor(gradient.operation()));
            }
        }
        long size = Math.max(CACHE_BYTES / bytes, needed);
        long count = Math.max(1, (images + size - 1) / size);
        long rounded = (count + lanes - 1) / lanes * lanes;
        int each = Math.toIntExact((images + rounded - 1) / rounded);
        return new Parts(each, (images + each - 1) / each, images % each);
    }

    /** So many that reading the weights costs little beside reading them. */
    private long imagesFor(Convolve operation) {
        return 2 * weightCount(program, operation) / numbers(program, operation);
    }

    Parts parts(int phase) {
        return parts.get(phase);
    }

    int mostParts() {
        return parts.stream().mapToInt(Parts::count).max().orElse(1);
    }

    /** Parts of a batch whose gradients of weights are added up separately: those whose numbers leave the same rest. */
    int lanes() {
        return lanes;
    }

    int usedLanes(Convolve operation) {
        return Math.min(lanes, parts(task -> isBackward(task, operation)).count());
    }

    /** How many images at a time the forward pass of a convolution has. */
    int forwardSize(Convolve operation) {
        return parts(task -> task instanceof Task.ConvolveForward forward
                        && forward.operation().equals(operation))
                .size();
    }

    /** How many images at a time its backward pass has. */
    int backwardSize(Convolve operation) {
        return parts(task -> isBackward(task, operation)).size();
    }

    private static boolean isBackward(Task task, Convolve operation) {
        return (task instanceof Task.ConvolveWeights gradient
                        && gradient.operation().equals(operation))
                || (task instanceof Task.ConvolveData data && data.operation().equals(operation));
    }

    private Parts parts(Predicate<Task> wanted) {
        for (int i = 0; i < parts.size(); i++) {
            if (phases.get(i).tasks().stream().anyMatch(wanted)) {
                return parts.get(i);
            }
        }
        throw new IllegalStateException("no phase has such a task");
    }
}
