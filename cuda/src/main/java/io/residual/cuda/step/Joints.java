package io.residual.cuda.step;

import io.residual.cuda.device.Format;
import io.residual.program.plan.Area;
import io.residual.program.plan.Phase;
import io.residual.program.plan.Task;
import io.residual.program.plan.Task.Load;
import io.residual.program.plan.Task.Store;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chains that end a phase with sums over a small batch, each with the chain of the next phase that uses the sums: one kernel can
 * do both, at the end of the first phase. What the first chain reads and writes is kept until the second ends.
 */
final class Joints {
    private final IdentityHashMap<Task.Elementwise, Task.Elementwise> seconds = new IdentityHashMap<>();
    private final List<Task> tasks = new ArrayList<>();

    /** Finds them; areas have not been placed yet. */
    Joints(List<Phase> phases, Format format, int images) {
        for (int i = 0; i < phases.size(); i++) {
            List<Task> here = new ArrayList<>(phases.get(i).tasks());
            Task.Elementwise first = last(here);
            if (first != null
                    && i + 1 < phases.size()
                    && (long) images * first.shape().size() * format.bytes() <= Chains.SMALL) {
                Task.Elementwise second = second(first, phases.get(i + 1).tasks());
                if (second != null) {
                    seconds.put(first, second);
                    keep(first, i + 1);
                    here.remove(here.lastIndexOf(first));
                    here.add(first);
                }
            }
            tasks.addAll(here);
        }
    }

    /** All tasks, those that can be the first of two at the end of their phases. */
    List<Task> tasks() {
        return tasks;
    }

    /** The chain that one kernel can do together with one. */
    Optional<Task.Elementwise> second(Task.Elementwise first) {
        return Optional.ofNullable(seconds.get(first));
    }

    /** The last chain of a phase, if it can run at its end. */
    private static Task.@Nullable Elementwise last(List<Task> tasks) {
        List<Area> behind = new ArrayList<>();
        for (int i = tasks.size() - 1; i >= 0; i--) {
            if (tasks.get(i) instanceof Task.Elementwise last) {
                return areas(last).noneMatch(behind::contains) ? last : null;
            }
            areas(tasks.get(i)).forEach(behind::add);
        }
        return null;
    }

    /** The first chain of a phase, if no kernel before it writes what it reads. */
    private static Task.@Nullable Elementwise second(Task.Elementwise first, List<Task> tasks) {
        List<Area> before = new ArrayList<>();
        for (Task task : tasks) {
            if (task instanceof Task.Elementwise second) {
                Set<Area> loads = JointSource.loads(first, second);
                return before.stream().noneMatch(loads::contains) && JointSource.suits(first, second) ? second : null;
            }
            areas(task).forEach(before::add);
        }
        return null;
    }

    /** What a task reads or writes. */
    private static Stream<Area> areas(Task task) {
        if (task instanceof Task.ConvolveForward forward) {
            return Stream.of(forward.in(), forward.out());
        }
        if (task instanceof Task.ConvolveData data) {
            return Stream.of(data.outGradient(), data.inGradient());
        }
        if (task instanceof Task.ConvolveWeights weights) {
            return Stream.of(weights.in(), weights.outGradient());
        }
        if (task instanceof Task.PoolForward pool) {
            return Stream.of(pool.in(), pool.out());
        }
        if (task instanceof Task.PoolBackward pool) {
            return Stream.of(pool.outGradient(), pool.inGradient());
        }
        if (task instanceof Task.Pad pad) {
            return Stream.of(pad.in(), pad.out());
        }
        if (task instanceof Task.Unpad pad) {
            return Stream.of(pad.outGradient(), pad.inGradient());
        }
        if (task instanceof Task.Loss loss) {
            return Stream.of(loss.logits(), loss.gradient());
        }
        return areas((Task.Elementwise) task);
    }

    private static Stream<Area> areas(Task.Elementwise task) {
        return task.operations().stream()
                .flatMap(tile -> tile instanceof Load load
                        ? Stream.of(load.from())
                        : tile instanceof Store store ? Stream.of(store.to()) : Stream.empty());
    }

    private static void keep(Task.Elementwise task, int time) {
        areas(task).forEach(area -> area.usedAt(time));
    }
}
