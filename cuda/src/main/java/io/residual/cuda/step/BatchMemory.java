package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.plan.Area;
import io.residual.program.plan.Phase;
import io.residual.program.plan.Placement;
import io.residual.program.plan.Planner;
import io.residual.program.plan.Planner.Pass;
import io.residual.program.plan.Policy;
import io.residual.program.plan.Task;
import java.util.ArrayList;
import java.util.List;

/** What a batch of one size needs on the device: images, labels, and all that is computed of them. */
final class BatchMemory implements AutoCloseable {
    private static final int ALIGNMENT = 256;

    private final Device device;
    private final int images;
    private final Joints joints;
    private final long input;
    private final long read;
    private final long labels;
    private final long probabilities;
    private final long memory;

    BatchMemory(Device device, WideInput wide, Format format, int images, Pass pass) {
        this.device = device;
        this.images = images;
        Program program = wide.program();
        Planned planned = Planned.of(program, format, images, pass);
        this.joints = planned.joints();
        long classes = program.value(program.logits()).channels();
        this.input =
                device.allocate(images * bytes(program, format, wide.original().value(program.input())));
        this.read = wide.convolution() == null
                ? input
                : device.allocate(images * bytes(program, format, program.value(program.input())));
        this.labels = device.allocate(images * classes * Float.BYTES);
        this.probabilities = device.allocate(images * classes * Float.BYTES);
        this.memory = device.allocate(planned.place(images));
    }

    /** What is computed, whose areas have to be placed. */
    private record Planned(Planner.Plan plan, Joints joints) {
        static Planned of(Program program, Format format, int images, Pass pass) {
            Policy policy = new Policy(
                    value -> bytes(program, format, program.value(value)),
                    pool -> program.value(pool.out()).size(),
                    convolve -> false,
                    Policy.Activations.KEPT);
            Planner.Plan plan = new Planner(program, policy, pass).plan();
            return new Planned(plan, new Joints(plan.phases(), format, images));
        }

        /** Gives areas their offsets in a memory of so many bytes. */
        long place(int images) {
            keepForWeights(plan.phases());
            List<Area> areas = new ArrayList<>(plan.shared());
            plan.phases().forEach(phase -> areas.addAll(phase.own()));
            return Math.max(ALIGNMENT, Placement.place(areas, images, ALIGNMENT));
        }
    }

    /** Gradients of weights may be late: nothing but the update needs them. */
    private static void keepForWeights(List<Phase> phases) {
        for (Phase phase : phases) {
            for (Task task : phase.tasks()) {
                if (task instanceof Task.ConvolveWeights weights) {
                    weights.in().usedAt(phases.size());
                    weights.outGradient().usedAt(phases.size());
                }
            }
        }
    }

    /** Memory of a batch's images and of all that is computed of them, but for what convolutions need for a while. */
    static long bytes(WideInput wide, Format format, int images, Pass pass) {
        Program program = wide.program();
        Value pixels = wide.original().value(program.input());
        return Planned.of(program, format, images, pass).place(images)
                + images * (bytes(program, format, pixels) + bytes(program, format, program.value(program.input())));
    }

    private static long bytes(Program program, Format format, Value value) {
        boolean single = value.equals(program.value(program.logits()));
        return (long) value.size() * (single ? Float.BYTES : format.bytes());
    }

    /** How many there is room for. */
    int images() {
        return images;
    }

    /** What is computed, and which chains one kernel can do together. */
    Joints joints() {
        return joints;
    }

    /** The address of the images, in the format, [N, height, width, channels]. */
    long input() {
        return input;
    }

    /** The address of what the first operation reads: the images, or what becomes of them. */
    long read() {
        return read;
    }

    /** The address of the labels: distributions over the classes, floats, [N, classes]. */
    long labels() {
        return labels;
    }

    /** The address of what inference gives, floats, [N, classes]. */
    long probabilities() {
        return probabilities;
    }

    long address(Area area) {
        return area.place() == Area.Place.INPUT ? read : memory + area.offset();
    }

    @Override
    public void close() {
        device.free(input);
        if (read != input) {
            device.free(read);
        }
        device.free(labels);
        device.free(probabilities);
        device.free(memory);
    }
}
