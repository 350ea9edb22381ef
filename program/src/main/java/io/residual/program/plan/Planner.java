package io.residual.program.plan;

import io.residual.program.Operation;
import io.residual.program.Operation.Add;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Operation.Rectify;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Divides forward and backward pass into phases. Only batch norm needs the complete batch: its statistics before it normalizes,
 * its gradient's sums before it passes a gradient on. Between two such points, a few images at a time go through all operations
 * and stay in the cache.
 *
 * <p>A value that another phase needs is kept for the complete batch, unless it is a normalized or rectified one that the policy has
 * computed again from what was normalized. Which ones are kept is found by planning until nothing more is missing.
 */
public final class Planner {
    private final Program program;
    private final Policy policy;
    private final Dependencies graph;
    private final Pass pass;
    private final Set<Integer> keptValues = new HashSet<>();
    private final Set<Integer> keptGradients = new HashSet<>();
    private boolean foundMore;

    // What one round of planning makes.
    private final Map<Integer, Area> values = new HashMap<>();
    private final Map<Integer, Area> gradients = new HashMap<>();
    private final Map<Pool, Area> indices = new HashMap<>();
    private final Map<Integer, Integer> computedAt = new HashMap<>();
    private final Area input;

    // What one phase makes.
    private int time;
    private final Map<Integer, Area> valuesHere = new HashMap<>();
    private final Map<Integer, Area> gradientsHere = new HashMap<>();
    private final Map<Operation, Area> contributions = new HashMap<>();
    private final List<Task> tasks = new ArrayList<>();
    private final List<Area> own = new ArrayList<>();
    private final List<Normalize> statistics = new ArrayList<>();
    private final List<Normalize> sums = new ArrayList<>();

    // What one run of tiles makes.
    private @Nullable Value shape;
    private final List<Task.Tile> tiles = new ArrayList<>();
    private final Map<Integer, Integer> valueRegisters = new HashMap<>();
    private final Map<Integer, Integer> gradientRegisters = new HashMap<>();
    private int registers;

    /**
     * A plan.
     *
     * @param phases in their order
     * @param shared areas for the complete batch
     * @param deferred convolutions whose weights' gradients are computed of the complete batch at the end
     */
    public record Plan(List<Phase> phases, Collection<Area> shared, List<Task.ConvolveWeights> deferred) {}

    /** What is planned. */
    public enum Pass {
        /** Forward and backward pass. */
        TRAINING,
        /** The forward pass, up to the loss, alone. */
        INFERENCE
    }

    public Planner(Program program, Policy policy, Pass pass) {
        this.program = program;
        this.policy = policy;
        this.pass = pass;
        this.input = new Area(Area.Place.INPUT, bytes(program.input()));
        this.graph = new Dependencies(program);
    }

    public Plan plan() {
        for (Operation operation : program.operations()) {
            if (operation instanceof Convolve convolve && policy.wholeBatch().test(convolve)) {
                keptValues.add(convolve.in());
                keptGradients.add(convolve.out());
            }
        }
        List<Phase> phases;
        do {
            foundMore = false;
            phases = round();
        } while (foundMore);
        List<Task.ConvolveWeights> deferred = new ArrayList<>();
        for (Operation operation : program.operations()) {
            if (operation instanceof Convolve convolve && policy.wholeBatch().test(convolve)) {
                Area in = kept(values, convolve.in(), phases.size());
                deferred.add(new Task.ConvolveWeights(convolve, in, kept(gradients, convolve.out(), phases.size())));
            }
        }
        List<Area> shared = new ArrayList<>(values.values());
        shared.addAll(gradients.values());
        shared.addAll(indices.values());
        shared.removeIf(area -> !area.isUsed());
        return new Plan(phases, shared, deferred);
    }

    private static Area kept(Map<Integer, Area> areas, int value, int at) {
        return Objects.requireNonNull(areas.get(value)).usedAt(at);
    }

    private List<Phase> round() {
        values.clear();
        gradients.clear();
        indices.clear();
        computedAt.clear();
        keptValues.forEach(value -> values.put(value, new Area(Area.Place.SHARED, bytes(value))));
        keptGradients.forEach(value -> gradients.put(value, new Area(Area.Place.SHARED, bytes(value))));
        List<Phase> phases = new ArrayList<>();
        for (time = 0; time <= (pass == Pass.TRAINING ? graph.lastPhase() : graph.lossPhase()); time++) {
            if (time <= graph.lossPhase()) {
                program.operations().forEach(this::forward);
            }
            if (time == graph.lossPhase()) {
                Area logits = memory(program.logits());
                Area gradient = gradients.containsKey(program.logits())
                        ? kept(gradients, program.logits(), time)
                        : ownArea(program.logits());
                gradientsHere.put(program.logits(), gradient);
                add(new Task.Loss(logits, gradient));
            }
            if (pass == Pass.TRAINING && time >= graph.lossPhase()) {
                for (int i = program.operations().size() - 1; i >= 0; i--) {
                    backward(program.operations().get(i));
                }
                keepGradients();
            }
            phases.add(endPhase());
        }
        return phases;
    }

    private Phase endPhase() {
        endTiles();
        Phase phase = new Phase(tasks, own, statistics, sums);
        tasks.clear();
        own.clear();
        statistics.clear();
        sums.clear();
        valuesHere.clear();
        gradientsHere.clear();
        contributions.clear();
        return phase;
    }

    private void forward(Operation operation) {
        if (graph.known(operation.inputs().get(0)) != time) {
            return;
        }
        if (operation instanceof Convolve convolve) {
            Area in = memory(convolve.in());
            add(new Task.ConvolveForward(convolve, in, produced(convolve.out())));
        } else if (operation instanceof Pool pool) {
            Area in = memory(pool.in());
            Area positions = null;
            if (pool.kind() == Pool.Kind.MAXIMUM) {
                positions = new Area(Area.Place.SHARED, policy.indexBytes().applyAsLong(pool)).usedAt(time);
                indices.put(pool, positions);
            }
            add(new Task.PoolForward(pool, in, produced(pool.out()), positions));
        } else if (operation instanceof PadChannels pad) {
            Area in = memory(pad.in());
            add(new Task.Pad(pad, in, produced(pad.out())));
        } else if (operation instanceof Normalize normalize) {
            tiles.add(new Task.Statistics(normalize, register(normalize.in())));
            statistics.add(normalize);
        }
    }

    private void backward(Operation operation) {
        if (operation instanceof Convolve convolve) {
            boolean first = convolve.in() == program.input();
            if (graph.complete(first ? convolve.out() : convolve.in()) != time) {
                return;
            }
            if (!policy.wholeBatch().test(convolve)) {
                Area outGradient = gradientMemory(convolve.out());
                Area in = memory(convolve.in());
                add(new Task.ConvolveWeights(convolve, in, outGradient));
            }
            if (!first) {
                contribution(convolve);
            }
        } else if ((operation instanceof Pool || operation instanceof PadChannels)
                && graph.complete(operation.inputs().get(0)) == time) {
            contribution(operation);
        } else if (operation instanceof Normalize normalize && graph.complete(normalize.out()) == time) {
            int gradient = gradientRegister(normalize.out());
            int value = register(normalize.in());
            tiles.add(new Task.GradientSums(normalize, gradient, value));
            sums.add(normalize);
        }
    }

    private void keepGradients() {
        for (int value : List.copyOf(keptGradients)) {
            if (graph.complete(value) == time && !gradientsHere.containsKey(value)) {
                gradientMemory(value);
            }
        }
    }

    /** Memory of the value in this phase, for kernels. */
    private Area memory(int value) {
        Area known = knownMemory(value);
        if (known == null) {
            int register = register(value);
            known = knownMemory(value);
            if (known == null) {
                known = ownArea(value);
                valuesHere.put(value, known);
                tiles.add(new Task.Store(register, known));
            }
        }
        endTiles();
        return known;
    }

    private @Nullable Area knownMemory(int value) {
        if (value == program.input()) {
            return input;
        }
        Area here = valuesHere.get(value);
        if (here != null) {
            return here.usedAt(time);
        }
        return computedAt.containsKey(value) && values.containsKey(value)
                ? Objects.requireNonNull(values.get(value)).usedAt(time)
                : null;
    }

    /** Where a kernel writes a value. */
    private Area produced(int value) {
        Area area = values.containsKey(value)
                ? Objects.requireNonNull(values.get(value)).usedAt(time)
                : ownArea(value);
        computedAt.put(value, time);
        valuesHere.put(value, area);
        return area;
    }

    private int register(int value) {
        startTiles(value);
        Integer known = valueRegisters.get(value);
        if (known != null) {
            return known;
        }
        Area memory = knownMemory(value);
        int register;
        if (memory != null) {
            register = registers++;
            tiles.add(new Task.Load(memory, register));
        } else {
            register = computed(value);
        }
        valueRegisters.put(value, register);
        return register;
    }

    private int computed(int value) {
        if (isComputedBefore(value)
                && !(policy.activations() == Policy.Activations.RECOMPUTED && isComputableAgain(value))) {
            // Planning begins again with it kept.
            foundMore |= keptValues.add(value);
            return registers++;
        }
        Operation operation = Objects.requireNonNull(graph.producer(value));
        int register;
        if (operation instanceof Normalize normalize) {
            int from = register(normalize.in());
            register = registers++;
            tiles.add(new Task.Normalized(normalize, from, register));
        } else if (operation instanceof Rectify rectify) {
            register = rectified(rectify);
        } else if (operation instanceof Add sum) {
            int left = register(sum.left());
            int right = register(sum.right());
            register = registers++;
            tiles.add(new Task.Sum(left, right, register));
        } else {
            throw new IllegalStateException("the result of " + operation + " is not there");
        }
        computedAt.putIfAbsent(value, time);
        Area area = values.get(value);
        if (area != null && !valuesHere.containsKey(value)) {
            valuesHere.put(value, area.usedAt(time));
            tiles.add(new Task.Store(register, area));
        }
        return register;
    }

    private int rectified(Rectify rectify) {
        boolean known = valueRegisters.containsKey(rectify.in()) || values.containsKey(rectify.in());
        if (!known && graph.producer(rectify.in()) instanceof Normalize normalize) {
            int from = register(normalize.in());
            tiles.add(new Task.NormalizedRelu(normalize, from, registers));
        } else {
            int from = register(rectify.in());
            tiles.add(new Task.Relu(from, registers));
        }
        return registers++;
    }

    private boolean isComputedBefore(int value) {
        Integer at = computedAt.get(value);
        return at != null && at < time;
    }

    /** Whether a value takes no more than elementwise arithmetic on what a batch norm keeps for its own backward pass. */
    private boolean isComputableAgain(int value) {
        Operation operation = graph.producer(value);
        return operation instanceof Normalize
                || (operation instanceof Rectify rectify && isComputableAgain(rectify.in()));
    }

    /** Memory of a value's gradient in this phase, for kernels. */
    private Area gradientMemory(int value) {
        Area known = knownGradient(value);
        if (known == null) {
            List<Operation> readers = graph.readers(value);
            if (graph.complete(value) == time && readers.size() == 1 && isKernel(readers.get(0))) {
                known = contribution(readers.get(0));
                gradientsHere.put(value, known);
            } else {
                int register = gradientRegister(value);
                known = knownGradient(value);
                if (known == null) {
                    known = ownArea(value);
                    gradientsHere.put(value, known);
                    tiles.add(new Task.Store(register, known));
                }
            }
        }
        endTiles();
        return known;
    }

    private @Nullable Area knownGradient(int value) {
        Area here = gradientsHere.get(value);
        if (here != null) {
            return here.usedAt(time);
        }
        return graph.complete(value) < time && gradients.containsKey(value)
                ? Objects.requireNonNull(gradients.get(value)).usedAt(time)
                : null;
    }

    private int gradientRegister(int value) {
        if (graph.complete(value) == time && knownGradient(value) == null) {
            // Kernels first: they would end a run of tiles.
            List<Operation> readers = graph.readers(value);
            readers.stream().filter(Planner::isKernel).forEach(this::contribution);
            if (readers.size() == 1 && isKernel(readers.get(0))) {
                gradientsHere.put(value, contribution(readers.get(0)));
            }
        }
        startTiles(value);
        Integer known = gradientRegisters.get(value);
        if (known != null) {
            return known;
        }
        Area memory = knownGradient(value);
        int register;
        if (memory != null) {
            register = registers++;
            tiles.add(new Task.Load(memory, register));
        } else {
            register = computedGradient(value);
        }
        gradientRegisters.put(value, register);
        return register;
    }

    private int computedGradient(int value) {
        List<Operation> readers = graph.readers(value);
        if (graph.complete(value) < time && !isGradientComputableAgain(readers)) {
            // Planning begins again with it kept.
            foundMore |= keptGradients.add(value);
            return registers++;
        }
        int total = -1;
        for (Operation reader : readers) {
            int part = contributionRegister(reader, value);
            if (total < 0) {
                total = part;
            } else {
                tiles.add(new Task.Sum(total, part, registers));
                total = registers++;
            }
        }
        Area area = gradients.get(value);
        if (area != null && graph.complete(value) == time) {
            gradientsHere.put(value, area.usedAt(time));
            tiles.add(new Task.Store(total, area));
        }
        return total;
    }

    private static boolean isGradientComputableAgain(List<Operation> readers) {
        return readers.size() == 1 && (readers.get(0) instanceof Add || readers.get(0) instanceof Normalize);
    }

    private int contributionRegister(Operation reader, int value) {
        if (reader instanceof Add sum) {
            return gradientRegister(sum.out());
        }
        if (reader instanceof Rectify rectify) {
            int gradient = gradientRegister(rectify.out());
            int open = openRegister(rectify);
            tiles.add(new Task.Mask(gradient, open, registers));
            return registers++;
        }
        if (reader instanceof Normalize normalize) {
            int gradient = gradientRegister(normalize.out());
            int in = register(value);
            tiles.add(new Task.NormalizedGradient(normalize, gradient, in, registers));
            return registers++;
        }
        tiles.add(new Task.Load(contribution(reader), registers));
        return registers++;
    }

    /** Something that is above 0 where the gradient passes. */
    private int openRegister(Rectify rectify) {
        if (policy.activations() == Policy.Activations.KEPT
                && graph.producer(rectify.in()) instanceof Normalize normalize) {
            // What was normalized is read in any case, for the gradient's sums.
            int from = register(normalize.in());
            tiles.add(new Task.Normalized(normalize, from, registers));
            return registers++;
        }
        return register(rectify.out());
    }

    /** Where a kernel leaves its part of the gradient of what it reads. */
    private Area contribution(Operation reader) {
        Area known = contributions.get(reader);
        if (known != null) {
            return known;
        }
        int value = reader.inputs().get(0);
        Area outGradient = gradientMemory(reader.out());
        Area area = graph.readers(value).size() == 1 && gradients.containsKey(value)
                ? Objects.requireNonNull(gradients.get(value)).usedAt(time)
                : ownArea(value);
        if (reader instanceof Convolve convolve) {
            add(new Task.ConvolveData(convolve, outGradient, area));
        } else if (reader instanceof Pool pool) {
            Area positions = indices.get(pool);
            add(new Task.PoolBackward(pool, outGradient, area, positions == null ? null : positions.usedAt(time)));
        } else if (reader instanceof PadChannels pad) {
            add(new Task.Unpad(pad, outGradient, area));
        }
        contributions.put(reader, area);
        return area;
    }

    private static boolean isKernel(Operation operation) {
        return operation instanceof Convolve || operation instanceof Pool || operation instanceof PadChannels;
    }

    private Area ownArea(int value) {
        Area area = new Area(Area.Place.OWN, bytes(value)).usedAt(time);
        own.add(area);
        return area;
    }

    private void add(Task task) {
        endTiles();
        tasks.add(task);
    }

    private void startTiles(int value) {
        Value wanted = program.value(value);
        if (shape != null && (shape.channels() != wanted.channels() || shape.size() != wanted.size())) {
            endTiles();
        }
        shape = wanted;
    }

    private void endTiles() {
        if (!tiles.isEmpty()) {
            tasks.add(new Task.Elementwise(Objects.requireNonNull(shape), tiles, registers));
        }
        tiles.clear();
        valueRegisters.clear();
        gradientRegisters.clear();
        registers = 0;
        shape = null;
    }

    private long bytes(int value) {
        return policy.bytes().applyAsLong(value);
    }
}
