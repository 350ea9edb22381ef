package io.residual.onednn.inference;

import io.residual.program.Operation.Convolve;
import io.residual.program.Program;
import io.residual.program.inference.FusedOperation;
import io.residual.program.inference.FusedOperation.Convolution;
import io.residual.program.inference.FusedProgram;
import io.residual.program.plan.Area;
import io.residual.program.plan.Placement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * How one thread goes through a part of a batch: segments of operations, each on so few images at a time that they stay in the
 * core's cache, and where their values lie. Time 0 is that of the copy of the input, 1 that of the first operation.
 */
final class InferencePlan {
    /** What the values of an operation may fill of a core's own cache. */
    private static final long CACHE_BYTES = 1 << 20;

    private static final int ALIGNMENT = 64;

    private final FusedProgram fused;
    private final ValueTypes types;
    private final int images;
    private final List<Segment> segments = new ArrayList<>();
    private final int[] segmentAt;
    private final Map<Integer, Place> places = new HashMap<>();
    private final long bytes;

    /**
     * Operations one after the other.
     *
     * @param first time of the first
     * @param last time of the last
     * @param size images at a time
     */
    record Segment(int first, int last, int size) {}

    /**
     * Memory of a value.
     *
     * @param isWide whether it holds all images of the part; otherwise those that a segment is at
     */
    record Place(long offset, boolean isWide) {}

    /** Values in the same memory: a sum is written in place of an addend that nothing reads later. */
    private static final class Shared {
        private final Set<Integer> values = new LinkedHashSet<>();
        private final Set<Integer> times = new LinkedHashSet<>();
    }

    /** @param images of a part, at most */
    InferencePlan(FusedProgram fused, ValueTypes types, int images) {
        this.fused = fused;
        this.types = types;
        this.images = images;
        segmentAt = new int[fused.operations().size() + 1];
        divide();
        bytes = place();
    }

    private void divide() {
        List<FusedOperation> operations = fused.operations();
        int first = 0;
        int size = size(operations.get(0));
        for (int time = 1; time <= operations.size(); time++) {
            int own = Math.max(size, size(operations.get(time - 1)));
            if (own > size) {
                segments.add(new Segment(first, time - 1, size));
                first = time;
                size = own;
            }
            segmentAt[time] = segments.size();
        }
        segments.add(new Segment(first, operations.size(), size));
    }

    /** How many images at a time are best for an operation, a power of two. */
    private int size(FusedOperation operation) {
        long perImage = bytes(operation.out());
        for (int in : operation.inputs()) {
            perImage += bytes(in);
        }
        long size = Math.max(1, CACHE_BYTES / perImage);
        if (operation instanceof Convolution convolution) {
            size = Math.max(size, 2 * weightBytes(convolution.convolve()) / perImage);
        }
        return (int) Math.min(images, Long.highestOneBit(size));
    }

    private long weightBytes(Convolve convolve) {
        Program program = fused.program();
        return (long) program.value(convolve.in()).channels()
                * program.value(convolve.out()).channels()
                * convolve.window().rows().size()
                * convolve.window().columns().size()
                * types.type(convolve.in()).bytes();
    }

    /** Of one image. */
    long bytes(int value) {
        return (long) fused.program().value(value).size() * types.type(value).bytes();
    }

    private long place() {
        Map<Integer, Shared> memory = new HashMap<>();
        use(memory, fused.program().input(), 0);
        for (int time = 1; time <= fused.operations().size(); time++) {
            FusedOperation operation = fused.operations().get(time - 1);
            for (int in : operation.inputs()) {
                use(memory, in, time);
            }
            if (isInPlace(time)) {
                int addend = ((Convolution) operation).addend().getAsInt();
                memory.put(operation.out(), Objects.requireNonNull(memory.get(addend)));
            }
            use(memory, operation.out(), time);
        }
        use(memory, fused.program().logits(), fused.operations().size());
        Map<Shared, Area> areas = new HashMap<>();
        memory.values().forEach(shared -> areas.computeIfAbsent(shared, this::area));
        long total = Placement.place(areas.values(), 1, ALIGNMENT);
        memory.forEach((value, shared) -> places.put(
                value, new Place(Objects.requireNonNull(areas.get(shared)).offset(), isWide(shared))));
        return total;
    }

    private static void use(Map<Integer, Shared> memory, int value, int time) {
        Shared shared = memory.computeIfAbsent(value, key -> new Shared());
        shared.values.add(value);
        shared.times.add(time);
    }

    private Area area(Shared shared) {
        boolean isWide = isWide(shared);
        long perImage = shared.values.stream().mapToLong(this::bytes).max().orElseThrow();
        int size = segments.get(segmentAt[shared.times.iterator().next()]).size();
        Area area = new Area(Area.Place.OWN, perImage * (isWide ? images : size));
        for (int time : shared.times) {
            Segment segment = segments.get(segmentAt[time]);
            area.usedAt(isWide ? segment.first() : time).usedAt(isWide ? segment.last() : time);
        }
        return area;
    }

    private boolean isWide(Shared shared) {
        return shared.times.stream().map(time -> segmentAt[time]).distinct().count() > 1;
    }

    /** Whether the operation at a time adds to what is in the memory of its result. */
    boolean isInPlace(int time) {
        if (!(fused.operations().get(time - 1) instanceof Convolution convolution)
                || convolution.addend().isEmpty()) {
            return false;
        }
        int addend = convolution.addend().getAsInt();
        return addend != convolution.convolve().in()
                && bytes(addend) == bytes(convolution.out())
                && fused.operations().subList(time, fused.operations().size()).stream()
                        .noneMatch(later -> later.inputs().contains(addend));
    }

    List<Segment> segments() {
        return segments;
    }

    Place place(int value) {
        return Objects.requireNonNull(places.get(value));
    }

    /** Of all values of a part. */
    long bytes() {
        return bytes;
    }
}
