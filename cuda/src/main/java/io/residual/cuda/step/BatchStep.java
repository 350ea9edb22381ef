package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.Kernels;
import io.residual.program.Operation.Normalize;
import io.residual.program.plan.Planner.Pass;
import io.residual.program.plan.Task;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Forward and backward pass of batches of one size: what is queued in which order. */
final class BatchStep implements AutoCloseable {
    private final BatchMemory memory;
    private final Jobs jobs;
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
        fill(device, wide, new Chains(device, format, memory.images()), schedule);
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

    private void fill(Device device, WideInput wide, Chains chains, @Nullable Schedule schedule) {
        List<Task> tasks = memory.phases().stream()
                .flatMap(phase -> phase.tasks().stream())
                .toList();
        int forward = 1;
        while (!(tasks.get(forward - 1) instanceof Task.Loss)) {
            forward++;
        }
        Map<Task, Chains.Chain> trained = chains(chains, schedule == null ? List.of() : tasks, Pass.TRAINING);
        Map<Task, Chains.Chain> inferred = chains(chains, tasks.subList(0, forward), Pass.INFERENCE);
        Kernels compiled = chains.compile();
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
        for (Task task : tasks.subList(0, forward)) {
            inference.add(task instanceof Task.Loss loss ? softmax(loss) : job(task, inferred.get(task), compiled));
        }
        if (schedule != null) {
            for (Task task : tasks) {
                Runnable trains = task instanceof Task.Loss loss
                        ? jobs.loss(loss, schedule)
                        : job(task, trained.get(task), compiled);
                training.add(new Action(name(task), trains));
            }
            training.add(new Action("join", device::joinSide));
        }
    }

    private static Map<Task, Chains.Chain> chains(Chains all, List<Task> tasks, Pass pass) {
        Map<Task, Chains.Chain> chains = new IdentityHashMap<>();
        for (Task task : tasks) {
            if (task instanceof Task.Elementwise elementwise) {
                chains.put(task, all.add(elementwise, pass));
            }
        }
        return chains;
    }

    private Runnable job(Task task, Chains.@Nullable Chain chain, Kernels compiled) {
        if (chain == null) {
            return jobs.of(task);
        }
        return chain.source().isEmpty()
                ? () -> {}
                : () -> Chains.launch(chain, compiled, memory::address, jobs.normalizations());
    }

    private Runnable softmax(Task.Loss task) {
        logits = memory.address(task.logits());
        return () -> jobs.softmax(task);
    }

    private static String name(Task task) {
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
            for (Task.Tile tile : elementwise.operations()) {
                name.append(' ').append(tile.getClass().getSimpleName());
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
