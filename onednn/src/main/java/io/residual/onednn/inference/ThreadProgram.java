package io.residual.onednn.inference;

import io.residual.onednn.inference.InferencePlan.Place;
import io.residual.onednn.inference.InferencePlan.Segment;
import io.residual.onednn.kernels.ImageCopy;
import io.residual.onednn.step.Shapes;
import io.residual.program.Program;
import io.residual.program.inference.FusedOperation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A program in one thread, with kernels and memory of its own. */
final class ThreadProgram implements AutoCloseable {
    private static final int ALIGNMENT = 64;

    private final Network network;
    private final InferencePlan plan;
    private final BytePointer memory;
    private final long base;
    private final Map<Key, OperationKernels.Job> jobs = new HashMap<>();
    private final Map<Load, ImageCopy> loads = new HashMap<>();
    private final OperationKernels kernels;
    private float[] pixels = {};

    /** What all threads have in common. */
    record Network(Program program, List<FusedOperation> operations, ValueTypes types) {}

    private record Key(int operation, int images) {}

    private record Load(int images, boolean channelsLast) {}

    /**
     * Images of a batch, and where their logits go.
     *
     * @param address of the first image of the batch
     * @param logits [images of the batch, classes]
     * @param isOrdinary whether an image is of numbers that no kernel is lost with, [images of the batch]
     */
    @SuppressWarnings("ArrayRecordComponent") // the results, written in place
    record Batch(long address, boolean channelsLast, float[] logits, boolean[] isOrdinary) {}

    ThreadProgram(Network network, InferencePlan plan, OperationKernels kernels) {
        this.network = network;
        this.plan = plan;
        this.kernels = kernels;
        this.memory = new BytePointer(plan.bytes() + ALIGNMENT);
        this.base = memory.address() + Math.floorMod(-memory.address(), ALIGNMENT);
    }

    /**
     * Computes the logits of images.
     *
     * @param from the first image
     * @param count at most as many as the plan is for
     */
    void run(Batch batch, int from, int count, Observer observer) {
        List<Segment> segments = plan.segments();
        for (int s = 0; s < segments.size(); s++) {
            Segment segment = segments.get(s);
            for (int at = 0; at < count; at += segment.size()) {
                int images = Math.min(segment.size(), count - at);
                for (int time = segment.first(); time <= segment.last(); time++) {
                    if (time == 0) {
                        load(batch, from + at, at, images);
                        observe(observer, network.program.input(), at, images);
                    } else {
                        job(time, images).run(this, at);
                        observe(observer, network.operations.get(time - 1).out(), at, images);
                    }
                }
                if (s == segments.size() - 1) {
                    int classes =
                            network.program.value(network.program.logits()).channels();
                    floats(network.program.logits(), at).get(batch.logits, (from + at) * classes, images * classes);
                }
            }
        }
    }

    /** Sees the values of all images, in an order of its own. */
    interface Observer {
        /** Which values it wants to see. */
        boolean wants(int value);

        void see(int value, float[] numbers);
    }

    private void observe(Observer observer, int value, int at, int images) {
        if (observer.wants(value)) {
            float[] numbers = new float[images * network.program.value(value).size()];
            floats(value, at).get(numbers);
            observer.see(value, numbers);
        }
    }

    private void load(Batch batch, int from, int at, int images) {
        Program.Value input = network.program.value(network.program.input());
        var source = new FloatPointer(new Address().at(batch.address + (long) from * input.size() * Float.BYTES));
        pixels = pixels.length < input.size() ? new float[input.size()] : pixels;
        for (int i = 0; i < images; i++) {
            source.position((long) i * input.size()).get(pixels, 0, input.size());
            batch.isOrdinary[from + i] = isOrdinary(pixels, input.size());
        }
        loads.computeIfAbsent(new Load(images, batch.channelsLast), this::loading)
                .run(source.position(0), new Address().at(address(network.program.input(), at)));
    }

    private static boolean isOrdinary(float[] numbers, int count) {
        float largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(numbers[i]));
        }
        return largest < CompiledInference.MAX_ORDINARY;
    }

    private ImageCopy loading(Load load) {
        int value = network.program.input();
        Program.Value input = network.program.value(value);
        long positions = input.positions();
        long[] strides = load.channelsLast
                ? new long[] {input.size(), 1, (long) input.width() * input.channels(), input.channels()}
                : new long[] {input.size(), positions, input.width(), 1};
        return new ImageCopy(
                Shapes.dims(input, load.images), strides, network.types.type(value), network.types.step(value));
    }

    private OperationKernels.Job job(int time, int images) {
        return jobs.computeIfAbsent(
                new Key(time, images),
                key -> kernels.job(network.operations.get(time - 1), plan.isInPlace(time), images));
    }

    FloatPointer floats(int value, int at) {
        return new FloatPointer(new Address().at(address(value, at)));
    }

    /** Of the first of the images that the segment is at. */
    long address(int value, int at) {
        Place place = plan.place(value);
        return base + place.offset() + (place.isWide() ? at * plan.bytes(value) : 0);
    }

    /** A pointer that is moved instead of replaced. */
    static final class Address extends Pointer {
        Address at(long to) {
            address = to;
            return this;
        }
    }

    @Override
    public void close() {
        new ArrayList<>(jobs.values()).forEach(OperationKernels.Job::close);
        loads.values().forEach(ImageCopy::close);
        memory.close();
    }
}
