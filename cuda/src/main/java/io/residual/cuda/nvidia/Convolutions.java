package io.residual.cuda.nvidia;

import io.residual.cuda.device.CapturedGraph;
import io.residual.cuda.device.Convolution;
import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.CudaException.Kind;
import io.residual.cuda.device.Format;
import io.residual.cuda.nvidia.Engines.Engine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions by cuDNN. Which of its engines is the fastest is measured once and kept in a cache: an engine rounds in its own
 * way, so that a run that is resumed needs the same.
 */
final class Convolutions implements AutoCloseable {
    private static final int MOST_TIMED = 8;
    private static final long MOST_NANOSECONDS = 400_000_000L;
    private static final long MOST_WORKSPACE = 1L << 30;
    private static final int RUNS = 4;
    private static final int REPEATS = 3;

    private final Driver driver;
    private final Queue queue;
    private final DeviceMemory memory;
    private final Cudnn cudnn;
    private final DiskCache cache;
    private final String gpu;
    private final Determinism determinism;
    private final long handle;
    private final Workspace mainWorkspace;
    private final Workspace sideWorkspace;
    private final Map<Wanted, Chosen> chosen = new HashMap<>();
    private final List<ConvolutionGraph> kept = new ArrayList<>();
    private long stream;

    /** What is computed. */
    private record Wanted(ConvolutionShape shape, Pass pass, Format format) {}

    /** For a GPU whose name stands for all of its kind. */
    Convolutions(
            Driver driver,
            Queue queue,
            DeviceMemory memory,
            Cudnn cudnn,
            DiskCache cache,
            String gpu,
            Determinism determinism) {
        this.driver = driver;
        this.queue = queue;
        this.memory = memory;
        this.cudnn = cudnn;
        this.cache = cache;
        this.gpu = gpu;
        this.determinism = determinism;
        mainWorkspace = new Workspace(memory, queue);
        sideWorkspace = new Workspace(memory, queue);
        queue.use();
        long[] created = new long[1];
        Descriptor.check(cudnn, cudnn.cudnnCreate(created), "cudnnCreate");
        handle = created[0];
    }

    /**
     * Chooses an engine, or takes the one chosen before.
     *
     * @throws CudaException if there is none
     */
    Chosen get(ConvolutionShape shape, Pass pass, Format format) {
        Wanted wanted = new Wanted(shape, pass, format);
        Chosen known = chosen.get(wanted);
        if (known != null) {
            return known;
        }
        queue.notWhileCapturing("The choice of a convolution");
        if (queue.isOnSide()) {
            throw new IllegalStateException("A convolution cannot be chosen on the side");
        }
        queue.use();
        Plan plan = plan(wanted);
        mainWorkspace.need(plan.workspace());
        sideWorkspace.need(plan.workspace());
        mainWorkspace.grow();
        Chosen made = new Chosen(plan);
        chosen.put(wanted, made);
        return made;
    }

    @Override
    public void close() {
        for (Chosen each : chosen.values()) {
            each.plan.close();
            each.plan.engine().configuration().close();
        }
        chosen.clear();
        kept.forEach(ConvolutionGraph::close);
        kept.clear();
        Descriptor.check(cudnn, cudnn.cudnnDestroy(handle), "cudnnDestroy");
    }

    private Plan plan(Wanted wanted) {
        ConvolutionGraph graph = new ConvolutionGraph(cudnn, handle, wanted.shape(), wanted.pass(), wanted.format());
        kept.add(graph);
        try (Engines engines = new Engines(cudnn, graph.descriptor());
                Scratch scratch = new Scratch(memory, wanted.shape(), wanted.format())) {
            List<String> description = description(wanted);
            String key = DiskCache.key(description, ".convolution");
            Plan plan = remembered(key, wanted.format(), engines, scratch);
            if (plan == null) {
                plan = fastest(engines.suitable(wanted.format(), determinism), scratch);
                if (plan == null) {
                    throw new CudaException(
                            Kind.FAILED, "cuDNN has no engine for " + description + " but " + engines.summary());
                }
                // Another process may have chosen in the meantime; then its choice counts.
                Plan other = remembered(key, wanted.format(), engines, scratch);
                if (other == null) {
                    String text = String.join("\n", description) + "\n"
                            + plan.engine().tag() + "\n";
                    cache.write(key, text.getBytes(StandardCharsets.UTF_8));
                } else {
                    plan.close();
                    plan = other;
                }
            }
            engines.release(plan.engine());
            return plan;
        }
    }

    private List<String> description(Wanted wanted) {
        return List.of(
                gpu,
                "cuDNN " + cudnn.cudnnGetVersion(),
                wanted.pass().toString(),
                wanted.format().toString(),
                determinism.toString(),
                wanted.shape().toString());
    }

    private @Nullable Plan remembered(String key, Format format, Engines engines, Scratch scratch) {
        Optional<Engine> engine = cache.read(key)
                .flatMap(content ->
                        new String(content, StandardCharsets.UTF_8).lines().reduce((before, last) -> last))
                .flatMap(engines::find)
                .filter(known -> known.suits(format, determinism));
        Plan plan = engine.isEmpty() ? null : prepared(engine.get());
        if (plan != null && time(plan, scratch, 0) == Double.POSITIVE_INFINITY) {
            plan.close();
            return null;
        }
        return plan;
    }

    private @Nullable Plan fastest(List<Engine> candidates, Scratch scratch) {
        Plan best = null;
        double least = Double.POSITIVE_INFINITY;
        int timed = 0;
        long start = System.nanoTime();
        for (Engine engine : candidates) {
            if (timed == MOST_TIMED || (best != null && System.nanoTime() - start > MOST_NANOSECONDS)) {
                break;
            }
            Plan plan = prepared(engine);
            if (plan == null) {
                continue;
            }
            double time = time(plan, scratch, REPEATS);
            timed++;
            if (time < least) {
                if (best != null) {
                    best.close();
                }
                best = plan;
                least = time;
            } else {
                plan.close();
            }
        }
        return best;
    }

    private @Nullable Plan prepared(Engine engine) {
        try {
            Plan plan = new Plan(cudnn, handle, engine);
            if (plan.workspace() <= MOST_WORKSPACE) {
                return plan;
            }
            plan.close();
            return null;
        } catch (CudaException unable) {
            return null;
        }
    }

    /** The least time of some runs, infinite if it cannot be run or recorded. Kernels are loaded by that, too. */
    private double time(Plan plan, Scratch scratch, int repeats) {
        long workspace = 0;
        try {
            workspace = plan.workspace() == 0 ? 0 : memory.reserve(plan.workspace());
            long room = workspace;
            follow(queue.current());
            plan.run(scratch.in(), scratch.weights(), scratch.out(), room);
            queue.synchronize();
            try (CapturedGraph graph = queue.capture(() -> {
                for (int run = 0; run < RUNS; run++) {
                    plan.run(scratch.in(), scratch.weights(), scratch.out(), room);
                }
            })) {
                return time(graph, repeats);
            }
        } catch (CudaException unable) {
            return Double.POSITIVE_INFINITY;
        } finally {
            if (workspace != 0) {
                memory.free(workspace);
            }
        }
    }

    private double time(CapturedGraph graph, int repeats) {
        long start = queue.event(Driver.EVENT_DEFAULT);
        long stop = queue.event(Driver.EVENT_DEFAULT);
        double least = Double.MAX_VALUE;
        graph.launch();
        for (int repeat = 0; repeat < repeats; repeat++) {
            DriverErrors.check(driver, driver.cuEventRecord(start, queue.current()), "cuEventRecord");
            graph.launch();
            DriverErrors.check(driver, driver.cuEventRecord(stop, queue.current()), "cuEventRecord");
            queue.synchronize();
            float[] milliseconds = new float[1];
            DriverErrors.check(driver, driver.cuEventElapsedTime(milliseconds, start, stop), "cuEventElapsedTime");
            least = Math.min(least, milliseconds[0]);
        }
        queue.synchronize();
        DriverErrors.check(driver, driver.cuEventDestroy_v2(start), "cuEventDestroy");
        DriverErrors.check(driver, driver.cuEventDestroy_v2(stop), "cuEventDestroy");
        return least;
    }

    private void follow(long wanted) {
        if (wanted != stream) {
            Descriptor.check(cudnn, cudnn.cudnnSetStream(handle, wanted), "cudnnSetStream");
            stream = wanted;
        }
    }

    /** One that can be run. */
    final class Chosen implements Convolution {
        private final Plan plan;

        private Chosen(Plan plan) {
            this.plan = plan;
        }

        /** Which of cuDNN's engines it is, with the notes about its numbers. */
        String engine() {
            return plan.engine().tag() + " notes "
                    + plan.engine().notes().stream().sorted().toList() + " workspace " + plan.workspace();
        }

        @Override
        public void run(long in, long weights, long out) {
            queue.use();
            Workspace workspace = queue.isOnSide() ? sideWorkspace : mainWorkspace;
            long scratch = plan.workspace() == 0 ? 0 : workspace.address();
            follow(queue.current());
            plan.run(in, weights, out, scratch);
        }
    }
}
