package io.residual.cuda.nvidia;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Format;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What cuDNN offers for a graph, the likely fastest first. */
final class Engines implements AutoCloseable {
    private static final int MAX_NOTES = 10;
    private static final int[] MODES = {Cudnn.MODE_A, Cudnn.MODE_B, Cudnn.MODE_FALLBACK};

    private final Cudnn cudnn;
    private final Map<String, Engine> byTag = new LinkedHashMap<>();
    private final Descriptor graph;
    private String problem = "";
    private int asked;

    /**
     * An engine with its settings.
     *
     * @param tag names engine and settings in any process with the same cuDNN
     * @param notes about its numbers
     */
    record Engine(String tag, Set<Integer> notes, Descriptor configuration) {
        /** Whether its numbers are as exact as a format promises. */
        boolean suits(Format format, Determinism determinism) {
            if (determinism == Determinism.DETERMINISTIC && notes.contains(Cudnn.NOTE_NONDETERMINISTIC)) {
                return false;
            }
            return format != Format.F32
                    || !(notes.contains(Cudnn.NOTE_TENSOR_CORE)
                            || notes.contains(Cudnn.NOTE_DOWN_CONVERT_INPUTS)
                            || notes.contains(Cudnn.NOTE_REDUCED_PRECISION_REDUCTION));
        }

        private boolean converts() {
            return notes.contains(Cudnn.NOTE_DOWN_CONVERT_INPUTS);
        }
    }

    /** For a graph, which must outlive this. */
    Engines(Cudnn cudnn, Descriptor graph) {
        this.cudnn = cudnn;
        this.graph = graph;
    }

    /** The one of a tag. Asks for no more than it takes to find it. */
    Optional<Engine> find(String tag) {
        while (!byTag.containsKey(tag) && asked < MODES.length) {
            ask();
        }
        return Optional.ofNullable(byTag.get(tag));
    }

    /**
     * Those that suit. TF32 is the rounding of inputs by tensor cores; an engine that announces to convert its inputs may
     * convert them to 16 bits and is only taken where no other uses tensor cores.
     */
    List<Engine> suitable(Format format, Determinism determinism) {
        while (asked < MODES.length) {
            ask();
        }
        List<Engine> suitable = byTag.values().stream()
                .filter(each -> each.suits(format, determinism))
                .toList();
        if (format != Format.TF32) {
            return suitable;
        }
        List<Engine> rounding =
                suitable.stream().filter(each -> !each.converts()).toList();
        return rounding.stream().anyMatch(each -> each.notes().contains(Cudnn.NOTE_TENSOR_CORE)) ? rounding : suitable;
    }

    /** Takes one out, so that it outlives this. */
    void release(Engine engine) {
        byTag.remove(engine.tag());
    }

    /** What is to be said if none can be used. */
    String summary() {
        return byTag.keySet() + (problem.isEmpty() ? "" : ", " + problem);
    }

    @Override
    public void close() {
        byTag.values().forEach(engine -> engine.configuration().close());
        byTag.clear();
    }

    private void ask() {
        int mode = MODES[asked++];
        try (Descriptor heuristics = new Descriptor(cudnn, Cudnn.HEURISTICS)) {
            heuristics
                    .refer(Cudnn.HEURISTICS_OPERATION_GRAPH, graph)
                    .choose(Cudnn.HEURISTICS_MODE, Cudnn.TYPE_HEURISTICS_MODE, mode)
                    .ready();
            add(heuristics);
        } catch (CudaException offersNone) {
            problem = String.valueOf(offersNone.getMessage()); // another of the three may know the graph
        }
    }

    /** Keeps those that are new: cuDNN may offer one in several ways. */
    private void add(Descriptor heuristics) {
        Descriptor[] configurations = empty(Cudnn.ENGINE_CONFIGURATION, heuristics.count(Cudnn.HEURISTICS_RESULTS));
        int filled = configurations.length == 0 ? 0 : heuristics.fill(Cudnn.HEURISTICS_RESULTS, configurations);
        for (int i = 0; i < configurations.length; i++) {
            Descriptor configuration = configurations[i];
            if (i >= filled || !keep(configuration)) {
                configuration.close();
            }
        }
    }

    private boolean keep(Descriptor configuration) {
        try (Descriptor engine = new Descriptor(cudnn, Cudnn.ENGINE)) {
            if (configuration.fill(Cudnn.CONFIGURATION_ENGINE, engine) != 1) {
                return false;
            }
            int[] notes = engine.choices(Cudnn.ENGINE_NUMERICAL_NOTES, Cudnn.TYPE_NUMERICAL_NOTE, MAX_NOTES);
            String tag = "engine " + engine.number(Cudnn.ENGINE_GLOBAL_INDEX) + knobs(configuration);
            Set<Integer> known = IntStream.of(notes).boxed().collect(Collectors.toUnmodifiableSet());
            return byTag.putIfAbsent(tag, new Engine(tag, known, configuration)) == null;
        } catch (CudaException unreadable) {
            problem = String.valueOf(unreadable.getMessage());
            return false;
        }
    }

    private String knobs(Descriptor configuration) {
        Descriptor[] choices = empty(Cudnn.KNOB_CHOICE, configuration.count(Cudnn.CONFIGURATION_KNOB_CHOICES));
        try {
            int filled = choices.length == 0 ? 0 : configuration.fill(Cudnn.CONFIGURATION_KNOB_CHOICES, choices);
            List<String> settings = new ArrayList<>();
            for (Descriptor choice : Arrays.asList(choices).subList(0, filled)) {
                int[] knob = choice.choices(Cudnn.KNOB_CHOICE_TYPE, Cudnn.TYPE_KNOB_TYPE, 1);
                settings.add(" " + knob[0] + "=" + choice.number(Cudnn.KNOB_CHOICE_VALUE));
            }
            return String.join("", settings);
        } finally {
            Arrays.asList(choices).forEach(Descriptor::close);
        }
    }

    private Descriptor[] empty(int kind, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Descriptor(cudnn, kind))
                .toArray(Descriptor[]::new);
    }
}
