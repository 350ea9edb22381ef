package io.residual.onednn.inference;

import io.residual.onednn.inference.OperationKernels.Exactness;
import io.residual.onednn.inference.ThreadProgram.Batch;
import io.residual.onednn.inference.ThreadProgram.Observer;
import io.residual.onednn.kernels.FusedConvolution.Algorithm;
import io.residual.onednn.step.Workers;
import io.residual.program.Operation;
import io.residual.program.Program;
import io.residual.program.inference.FusedProgram;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A fused program in number types of its own, on batches of any size. Not for several threads at once. */
final class Engine {
    /** Of a part of a batch. */
    private static final int MAX_IMAGES = 256;

    /** Below, a thread for each part would wait more than it works: then all threads share each kernel, or one computes alone. */
    private static final int MIN_IMAGES_PER_THREAD = 4;

    /** Multiply-adds that one thread computes sooner, in about 0.3 ms, than several threads start and end 20 kernels together. */
    private static final long MAX_ALONE = 16_000_000;

    private static final int MAX_SIZES = 4;
    private static final Observer NOTHING = new Observer() {
        @Override
        public boolean wants(int value) {
            return false;
        }

        @Override
        public void see(int value, float[] numbers) {
            throw new IllegalStateException("nothing is observed");
        }
    };

    private final FusedProgram fused;
    private final ValueTypes types;
    private final Exactness exactness;
    private final PreparedWeights weights;
    private final long multiplyAdds;
    private final boolean hasWorkers = Workers.reasonUnavailable().isEmpty();
    private final List<Map<Integer, ThreadProgram>> ofWorkers = new ArrayList<>();
    private final Map<Integer, ThreadProgram> ofCaller = programs();
    private float largestWeight;

    Engine(FusedProgram fused, ValueTypes types, Exactness exactness, Function<String, float[]> parameters) {
        this.fused = fused;
        this.types = types;
        this.exactness = exactness;
        this.weights = new PreparedWeights(fused, types, parameters);
        this.multiplyAdds = multiplyAdds(fused);
        this.largestWeight = weights.largest();
        for (int i = 0; hasWorkers && i < Workers.shared().count(); i++) {
            ofWorkers.add(programs());
        }
    }

    /** Of the convolutions of an image. */
    private static long multiplyAdds(FusedProgram fused) {
        Program program = fused.program();
        return program.operations().stream()
                .filter(Operation.Convolve.class::isInstance)
                .map(Operation.Convolve.class::cast)
                .mapToLong(convolve -> (long) program.value(convolve.in()).channels()
                        * convolve.window().rows().size()
                        * convolve.window().columns().size()
                        * program.value(convolve.out()).size())
                .sum();
    }

    /** By how many images they are for; those that were not used for long are closed. */
    private static Map<Integer, ThreadProgram> programs() {
        return new LinkedHashMap<>(8, 0.75f, true);
    }

    void refresh() {
        weights.refresh();
        largestWeight = weights.largest();
    }

    /** The largest magnitude of weights and biases. */
    float largestWeight() {
        return largestWeight;
    }

    void run(Batch batch, int images) {
        int threads = ofWorkers.size();
        if (threads < 2 || images < threads * MIN_IMAGES_PER_THREAD) {
            if (threads > 1 && images * multiplyAdds <= MAX_ALONE) {
                Workers.alone(() ->
                        program(ofWorkers.get(0), images, Algorithm.FASTEST).run(batch, 0, images, NOTHING));
            } else {
                observe(batch, images, NOTHING);
            }
            return;
        }
        int rounds = (images + threads * MAX_IMAGES - 1) / (threads * MAX_IMAGES);
        int parts = threads * rounds;
        int size = (images + parts - 1) / parts;
        AtomicInteger next = new AtomicInteger();
        Workers.shared().run(worker -> {
            for (int from = next.getAndAdd(size); from < images; from = next.getAndAdd(size)) {
                program(ofWorkers.get(worker), size, Algorithm.FASTEST)
                        .run(batch, from, Math.min(size, images - from), NOTHING);
            }
        });
    }

    /** Runs in the thread that calls, whose kernels start threads of their own. */
    void observe(Batch batch, int images, Observer observer) {
        // Winograd's transforms do not start threads, as other kernels do here.
        Algorithm algorithm = ofWorkers.size() == 1 ? Algorithm.FASTEST : Algorithm.DIRECT;
        for (int from = 0; from < images; from += MAX_IMAGES) {
            int count = Math.min(MAX_IMAGES, images - from);
            program(ofCaller, count, algorithm).run(batch, from, count, observer);
        }
    }

    private ThreadProgram program(Map<Integer, ThreadProgram> known, int images, Algorithm fastest) {
        Algorithm algorithm = exactness == Exactness.SPECIAL_NUMBERS ? Algorithm.DIRECT : fastest;
        int capacity = images == 1 ? 1 : Integer.highestOneBit(images - 1) * 2;
        ThreadProgram program = known.get(capacity);
        if (program == null) {
            if (known.size() == MAX_SIZES) {
                Objects.requireNonNull(known.remove(known.keySet().iterator().next()))
                        .close();
            }
            program = new ThreadProgram(
                    new ThreadProgram.Network(fused.program(), fused.operations(), types),
                    new InferencePlan(fused, types, capacity),
                    new OperationKernels(fused.program(), types, weights, exactness, algorithm));
            known.put(capacity, program);
        }
        return program;
    }
}
