package io.residual.cuda.nvidia;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions by cuDNN and by kernels of this program. Which of cuDNN's engines or of these kernels is the fastest is measured
 * once and kept in a cache: each rounds in its own way, so that a run that is resumed needs the same.
 */
final class Convolutions implements AutoCloseable {
    private static final int MAX_TIMED = 8;
    private static final int MAX_OWN = 1;
    private static final long MAX_NANOSECONDS = 400_000_000L;
    private static final long MAX_WORKSPACE = 1L << 30;
    private static final int RUNS = 4;
    private static final int REPEATS = 3;
    private static final int MANY_RUNS = 100;

    private final Driver driver;
    private final Queue queue;
    private final DeviceMemory memory;
    private final Cudnn cudnn;
    private final OwnConvolutions own;
    private final AlgorithmTimer timer;
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
            OwnConvolutions own,
            DiskCache cache,
            String gpu,
            Determinism determinism) {
        this.driver = driver;
        this.queue = queue;
        this.memory = memory;
        this.cudnn = cudnn;
        this.own = own;
        timer = new AlgorithmTimer(driver, queue, memory, RUNS);
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
     * Chooses an algorithm, or takes the one chosen before.
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
        Algorithm algorithm = choose(wanted);
        mainWorkspace.need(algorithm.workspace());
        sideWorkspace.need(algorithm.workspace());
        mainWorkspace.grow();
        Chosen made = new Chosen(algorithm);
        chosen.put(wanted, made);
        return made;
    }

    /** How many microseconds each algorithm takes that there is, of our own so many at most, when many run in a row. */
    Map<String, Double> times(ConvolutionShape shape, Pass pass, Format format, int mostOwn) {
        queue.use();
        AlgorithmTimer longer = new AlgorithmTimer(driver, queue, memory, MANY_RUNS);
        Map<String, Double> times = new LinkedHashMap<>();
        ConvolutionGraph graph = new ConvolutionGraph(cudnn, handle, shape, pass, format);
        kept.add(graph);
        try (Engines engines = new Engines(cudnn, graph.descriptor());
                Scratch scratch = new Scratch(memory, shape, format)) {
            Stream<Algorithm> cudnns = engines.suitable(format, determinism).stream()
                    .map(this::prepared)
                    .flatMap(Stream::ofNullable);
            Stream.concat(cudnns, own.likelyFastest(shape, pass, format, mostOwn))
                    .forEach(algorithm -> {
                        times.put(algorithm.tag(), longer.time(algorithm, scratch, REPEATS) * 1000 / MANY_RUNS);
                        algorithm.close();
                    });
        }
        return times;
    }

    @Override
    public void close() {
        chosen.values().forEach(each -> each.algorithm.close());
        chosen.clear();
        kept.forEach(ConvolutionGraph::close);
        kept.clear();
        Descriptor.check(cudnn, cudnn.cudnnDestroy(handle), "cudnnDestroy");
    }

    private Algorithm choose(Wanted wanted) {
        ConvolutionGraph graph = new ConvolutionGraph(cudnn, handle, wanted.shape(), wanted.pass(), wanted.format());
        kept.add(graph);
        try (Engines engines = new Engines(cudnn, graph.descriptor());
                Scratch scratch = new Scratch(memory, wanted.shape(), wanted.format())) {
            List<String> description = description(wanted);
            String key = DiskCache.key(description, ".convolution");
            Algorithm algorithm = remembered(key, wanted, engines, scratch);
            if (algorithm == null) {
                algorithm = fastest(wanted, engines, scratch);
                if (algorithm == null) {
                    throw new CudaException(
                            Kind.FAILED, "cuDNN has no engine for " + description + " but " + engines.summary());
                }
                // Another process may have chosen in the meantime; then its choice counts.
                Algorithm other = remembered(key, wanted, engines, scratch);
                if (other == null) {
                    String text = String.join("\n", description) + "\n" + algorithm.tag() + "\n";
                    cache.write(key, text.getBytes(StandardCharsets.UTF_8));
                } else {
                    algorithm.close();
                    algorithm = other;
                }
            }
            if (algorithm instanceof Plan plan) {
                plan.takeEngine(engines);
            }
            return algorithm;
        }
    }

    private List<String> description(Wanted wanted) {
        return List.of(
                gpu,
                "cuDNN " + cudnn.cudnnGetVersion(),
                Tiling.VERSION,
                wanted.pass().toString(),
                wanted.format().toString(),
                determinism.toString(),
                wanted.shape().toString());
    }

    private @Nullable Algorithm remembered(String key, Wanted wanted, Engines engines, Scratch scratch) {
        String tag = cache.read(key)
                .flatMap(content ->
                        new String(content, StandardCharsets.UTF_8).lines().reduce((before, last) -> last))
                .orElse("");
        Algorithm algorithm = own.find(tag, wanted.shape(), wanted.pass(), wanted.format());
        if (algorithm == null) {
            algorithm = engines.find(tag)
                    .filter(known -> known.suits(wanted.format(), determinism))
                    .map(this::prepared)
                    .orElse(null);
        }
        if (algorithm != null && timer.time(algorithm, scratch, 0) == Double.POSITIVE_INFINITY) {
            algorithm.close();
            return null;
        }
        return algorithm;
    }

    private @Nullable Algorithm fastest(Wanted wanted, Engines engines, Scratch scratch) {
        Fastest fastest = new Fastest(scratch);
        long start = System.nanoTime();
        for (Engine engine : engines.suitable(wanted.format(), determinism)) {
            if (fastest.timed == MAX_TIMED || (fastest.best != null && System.nanoTime() - start > MAX_NANOSECONDS)) {
                break;
            }
            fastest.offer(prepared(engine));
        }
        own.likelyFastest(wanted.shape(), wanted.pass(), wanted.format(), MAX_OWN)
                .forEach(fastest::offer);
        return fastest.best;
    }

    /** Of those offered. */
    private final class Fastest {
        private final Scratch scratch;
        private @Nullable Algorithm best;
        private double least = Double.POSITIVE_INFINITY;
        private int timed;

        Fastest(Scratch scratch) {
            this.scratch = scratch;
        }

        void offer(@Nullable Algorithm algorithm) {
            if (algorithm == null) {
                return;
            }
            double time = timer.time(algorithm, scratch, REPEATS);
            timed++;
            if (time < least) {
                if (best != null) {
                    best.close();
                }
                best = algorithm;
                least = time;
            } else {
                algorithm.close();
            }
        }
    }

    private @Nullable Plan prepared(Engine engine) {
        try {
            Plan plan = new Plan(cudnn, this::handle, engine);
            if (plan.workspace() <= MAX_WORKSPACE) {
                return plan;
            }
            plan.close();
            return null;
        } catch (CudaException unable) {
            return null;
        }
    }

    /** On the stream that work goes to. */
    private long handle() {
        long wanted = queue.current();
        if (wanted != stream) {
            Descriptor.check(cudnn, cudnn.cudnnSetStream(handle, wanted), "cudnnSetStream");
            stream = wanted;
        }
        return handle;
    }

    /** One that can be run. */
    final class Chosen implements Convolution {
        private final Algorithm algorithm;

        private Chosen(Algorithm algorithm) {
            this.algorithm = algorithm;
        }

        /** Which it is, with the notes about its numbers. */
        String engine() {
            return algorithm.tag() + " " + algorithm.notes() + " workspace " + algorithm.workspace();
        }

        @Override
        public void run(long in, long weights, long out) {
            queue.use();
            Workspace workspace = queue.isOnSide() ? sideWorkspace : mainWorkspace;
            long scratch = algorithm.workspace() == 0 ? 0 : workspace.address();
            algorithm.run(in, weights, out, scratch);
        }
    }
}
