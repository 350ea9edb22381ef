package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.Kernels;
import io.residual.cuda.step.Chains.Chain;
import io.residual.program.Operation.Normalize;
import io.residual.program.plan.Planner.Pass;
import io.residual.program.plan.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Forward and backward pass of batches of one size: what is queued in which order. */
final class BatchStep implements AutoCloseable {
    private final BatchMemory memory;
    private final Jobs jobs;
    private final IdentityHashMap<Task, Chain> trained = new IdentityHashMap<>();
    private final IdentityHashMap<Task, Chain> inferred = new IdentityHashMap<>();
    private final List<Action> training = new ArrayList<>();
    private final List<Runnable> inference = new ArrayList<>();
    private long logits;

    /** What is queued, and what it is called. */
    record Action(String name, Runnable work) {}

    /** Steps of training, and inference between them. */
    BatchStep(Device device, WideInput wide, Format format, Parameters parameters, int images, Schedule schedule) {
        this(device, wide, format, parameters, new BatchMemory(device, wide, format, images, Pass.TRAINING), schedule);
    }

    /** Inference alone. */
    BatchStep(Device device, WideInput wide, Format format, Parameters parameters, int images) {
        this(device, wide, format, parameters, new BatchMemory(device, wide, format, images, Pass.INFERENCE), null);
    }

    private BatchStep(
            Device device,
            WideInput wide,
            Format format,
            Parameters parameters,
            BatchMemory memory,
            @Nullable Schedule schedule) {
        this.memory = memory;
        this.jobs = new Jobs(device, wide, format, parameters, memory);
        Chains chains = new Chains(device, format, memory.images());
        addChains(chains, schedule != null);
        Map<String, Kernels> compiled = chains.compile();
        memory.joints().tasks().forEach(jobs::announce);
        wide.program().operations().forEach(operation -> {
            if (operation instanceof Normalize normalize) {
                inference.add(() -> jobs.runningCoefficients(normalize));
            }
        });
        if (wide.convolution() != null) {
            Runnable widen = jobs.widen(wide.convolution());
            training.add(new Action("widen", widen));
            inference.add(widen);
        }
        addTasks(compiled, schedule);
        training.add(new Action("join", device::joinSide));
    }

    BatchMemory memory() {
        return memory;
    }

    /** Queues forward and backward pass; loss and hits go to the schedule's step. */
    void gradient() {
        training.forEach(action -> action.work().run());
    }

    /** What {@link #gradient} queues. */
    List<Action> actions() {
        return training;
    }

    /** Queues a forward pass that normalizes by running statistics: logits, and probabilities of them. */
    void infer() {
        inference.forEach(Runnable::run);
    }

    /** The address of the logits, floats, [N, classes]. */
    long logits() {
        return logits;
    }

    private void addChains(Chains chains, boolean trains) {
        Set<Task> done = Collections.newSetFromMap(new IdentityHashMap<>());
        boolean forward = true;
        for (Task task : memory.joints().tasks()) {
            if (task instanceof Task.Elementwise each) {
                if (forward) {
                    chains.add(each, Pass.INFERENCE).ifPresent(chain -> inferred.put(task, chain));
                }
                if (!trains) {
                    continue;
                }
                Optional<Task.Elementwise> second = memory.joints().second(each);
                Optional<Chain> both = second.flatMap(next -> chains.add(each, next));
                both.ifPresent(chain -> done.add(second.orElseThrow()));
                if (!done.contains(task)) {
                    both.or(() -> chains.add(each, Pass.TRAINING)).ifPresent(chain -> trained.put(task, chain));
                }
            }
            forward &= !(task instanceof Task.Loss);
        }
    }

    private void addTasks(Map<String, Kernels> compiled, @Nullable Schedule schedule) {
        boolean forward = true;
        for (Task task : memory.joints().tasks()) {
            if (task instanceof Task.Elementwise) {
                Chain trains = trained.get(task);
                if (trains != null) {
                    training.add(new Action(name(task), () -> launch(trains, compiled)));
                }
                Chain infers = inferred.get(task);
                if (infers != null) {
                    inference.add(() -> launch(infers, compiled));
                }
            } else if (task instanceof Task.Loss loss) {
                logits = memory.address(loss.logits());
                inference.add(() -> jobs.softmax(loss));
                if (schedule != null) {
                    training.add(new Action(name(task), jobs.loss(loss, schedule)));
                }
                forward = false;
            } else {
                Runnable work = jobs.of(task);
                training.add(new Action(name(task), work));
                if (forward) {
                    inference.add(work);
                }
            }
        }
    }

    private void launch(Chain chain, Map<String, Kernels> compiled) {
        Kernels kernels = Objects.requireNonNull(compiled.get(chain.name()));
        Chains.launch(chain, kernels, memory::address, jobs.normalizations());
    }

    private String name(Task task) {
        if (task instanceof Task.ConvolveForward forward) {
            return "forward " + forward.operation().layer();
        }
        if (task instanceof Task.ConvolveData data) {
            return "data " + data.operation().layer();
        }
        if (task instanceof Task.ConvolveWeights weights) {
            return "weights " + weights.operation().layer();
        }
        if (task instanceof Task.Elementwise elementwise) {
            StringBuilder name = new StringBuilder(elementwise.shape().toString());
            elementwise
                    .operations()
                    .forEach(tile -> name.append(' ').append(tile.getClass().getSimpleName()));
            Chain chain = trained.get(task);
            if (chain != null && chain.given().sink() != null) {
                memory.joints().second(elementwise).ifPresent(second -> {
                    name.append(" |");
                    second.operations()
                            .forEach(tile ->
                                    name.append(' ').append(tile.getClass().getSimpleName()));
                });
            }
            return name.toString();
        }
        return task.getClass().getSimpleName();
    }

    @Override
    public void close() {
        jobs.close();
        memory.close();
    }
}
