package io.residual.cuda.nvidia;

import io.residual.cuda.device.Convolution;
import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.CudaException.Kind;
import io.residual.cuda.device.Format;
import io.residual.cuda.nvidia.Engines.Engine;
import java.util.ArrayList;
import java.util.Comparator;
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
    /** Of cuDNN's engines. */
    private static final int MAX_TIMED = 8;

    /** Of cuDNN's engines, if they are slower than this program's own kernel. */
    private static final int MAX_SLOWER = 2;

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
    private final Choices choices;
    private final PhaseTimes times;
    private final long handle;
    private final Workspace mainWorkspace;
    private final Workspace sideWorkspace;
    private final Map<Wanted, Chosen> chosen = new HashMap<>();
    private final List<ConvolutionGraph> kept = new ArrayList<>();
    private long stream;

    Convolutions(
            Driver driver,
            Queue queue,
            DeviceMemory memory,
            Cudnn cudnn,
            OwnConvolutions own,
            Choices choices,
            PhaseTimes times) {
        this.driver = driver;
        this.queue = queue;
        this.memory = memory;
        this.cudnn = cudnn;
        this.own = own;
        timer = new AlgorithmTimer(driver, queue, memory, RUNS);
        this.choices = choices;
        this.times = times;
        mainWorkspace = new Workspace(memory, queue);
        sideWorkspace = new Workspace(memory, queue);
        queue.use();
        long[] created = new long[1];
        Descriptor.check(cudnn, cudnn.cudnnCreate(created), "cudnnCreate");
        handle = created[0];
    }

    /** Begins to compile what will be needed to choose, or to use what was chosen before. */
    void announce(ConvolutionShape shape, Pass pass, Format format) {
        Wanted wanted = new Wanted(shape, pass, format);
        if (!chosen.containsKey(wanted)) {
            own.begin(wanted, choices.tag(wanted));
        }
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
        Algorithm algorithm = times.of("choice of convolutions", () -> choose(wanted));
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
            Stream<Algorithm> cudnns = engines.suitable(format, choices.determinism()).stream()
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
            Algorithm algorithm = named(choices.tag(wanted), wanted, engines, scratch);
            if (algorithm == null) {
                algorithm = asForMore(wanted, engines, scratch);
                if (algorithm == null) {
                    algorithm = fastest(wanted, engines, scratch);
                }
                if (algorithm == null) {
                    throw new CudaException(
                            Kind.FAILED,
                            "cuDNN has no engine for " + choices.description(wanted) + " but " + engines.summary());
                }
                // Another process may have chosen in the meantime; then its choice counts.
                Algorithm other = named(choices.tag(wanted), wanted, engines, scratch);
                if (other == null) {
                    choices.keep(wanted, algorithm.tag());
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

    /** The one of a tag; null if there is none, or it does not work. */
    private @Nullable Algorithm named(String tag, Wanted wanted, Engines engines, Scratch scratch) {
        if (tag.isEmpty()) {
            return null;
        }
        Algorithm algorithm = own.find(tag, wanted.shape(), wanted.pass(), wanted.format());
        if (algorithm == null) {
            algorithm = engines.find(tag)
                    .filter(known -> known.suits(wanted.format(), choices.determinism()))
                    .map(this::prepared)
                    .orElse(null);
        }
        if (algorithm != null && timer.time(algorithm, scratch, 0) == Double.POSITIVE_INFINITY) {
            algorithm.close();
            return null;
        }
        return algorithm;
    }

    /** The one that was chosen for batches that are larger, as the last of an epoch is small: it comes seldom. */
    private @Nullable Algorithm asForMore(Wanted wanted, Engines engines, Scratch scratch) {
        return chosen.entrySet().stream()
                .filter(each -> wanted.isSmallerBatchOf(each.getKey()))
                .min(Comparator.comparingInt(each -> each.getKey().shape().images()))
                .map(each -> named(each.getValue().algorithm.tag(), wanted, engines, scratch))
                .orElse(null);
    }

    private @Nullable Algorithm fastest(Wanted wanted, Engines engines, Scratch scratch) {
        Fastest fastest = new Fastest(scratch);
        own.likelyFastest(wanted.shape(), wanted.pass(), wanted.format(), MAX_OWN)
                .forEach(fastest::offer);
        long start = System.nanoTime();
        List<Engine> suitable =
                times.of("cuDNN's heuristics", () -> engines.suitable(wanted.format(), choices.determinism()));
        int timed = 0;
        for (Engine engine : suitable) {
            // The likely fastest of cuDNN's come first.
            int most = fastest.best == null || fastest.best instanceof Plan ? MAX_TIMED : MAX_SLOWER;
            if (timed >= most || (fastest.best != null && System.nanoTime() - start > MAX_NANOSECONDS)) {
                break;
            }
            Plan plan = prepared(engine);
            if (plan != null) {
                fastest.offer(plan);
                timed++;
            }
        }
        return fastest.best;
    }

    /** Of those offered. */
    private final class Fastest {
        private final Scratch scratch;
        private @Nullable Algorithm best;
        private double least = Double.POSITIVE_INFINITY;

        Fastest(Scratch scratch) {
            this.scratch = scratch;
        }

        void offer(Algorithm algorithm) {
            double time = times.of("timing", () -> timer.time(algorithm, scratch, REPEATS));
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
            Plan plan = times.of("cuDNN's plans", () -> new Plan(cudnn, this::handle, engine));
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
