package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.Kernels;
import io.residual.program.Operation.Normalize;
import io.residual.program.plan.Phase;
import io.residual.program.plan.Task;
import java.util.ArrayList;
import java.util.List;

/** Forward and backward pass of batches of one size: what is queued in which order. */
final class BatchStep implements AutoCloseable {
    private final BatchMemory memory;
    private final Jobs jobs;
    private final List<Action> training = new ArrayList<>();
    private final List<Runnable> inference = new ArrayList<>();

    /** What is queued, and what it is called. */
    record Action(String name, Runnable work) {}

    BatchStep(Device device, WideInput wide, Format format, Parameters parameters, int images, Schedule schedule) {
        this.memory = new BatchMemory(device, wide, format, images);
        this.jobs = new Jobs(device, wide, format, parameters, images, schedule, memory);
        fill(device, wide, new Chains(device, format, images));
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

    /** Queues a forward pass that normalizes by running statistics. */
    void infer() {
        inference.forEach(Runnable::run);
    }

    private void fill(Device device, WideInput wide, Chains chains) {
        List<Phase> phases = memory.phases();
        List<Chains.Chain> trained = new ArrayList<>();
        List<Chains.Chain> inferred = new ArrayList<>();
        phases.stream().flatMap(phase -> phase.tasks().stream()).forEach(task -> {
            if (task instanceof Task.Elementwise elementwise) {
                trained.add(chains.add(elementwise, ElementwiseSource.Pass.TRAINING));
                inferred.add(chains.add(elementwise, ElementwiseSource.Pass.INFERENCE));
            }
        });
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
        int chain = 0;
        boolean forward = true;
        for (Phase phase : phases) {
            for (Task task : phase.tasks()) {
                Runnable trains;
                Runnable infers;
                if (task instanceof Task.Elementwise) {
                    Chains.Chain both = trained.get(chain);
                    Chains.Chain one = inferred.get(chain++);
                    trains = () -> Chains.launch(both, compiled, memory::address, jobs.normalizations());
                    infers = one.source().isEmpty()
                            ? () -> {}
                            : () -> Chains.launch(one, compiled, memory::address, jobs.normalizations());
                } else {
                    trains = jobs.of(task);
                    infers = task instanceof Task.Loss loss ? () -> jobs.softmax(loss) : trains;
                }
                training.add(new Action(name(task), trains));
                if (forward) {
                    inference.add(infers);
                }
                forward &= !(task instanceof Task.Loss);
            }
        }
        training.add(new Action("join", device::joinSide));
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
