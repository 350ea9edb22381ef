package io.residual.onednn.step;

import io.residual.program.plan.Area;
import io.residual.program.plan.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which operations of a task have a kernel that reads and writes areas of bfloat16: they need no tiles. The others stay operations on
 * tiles, and tiles that nothing needs any more are left out.
 */
final class AreaOperations {
    /** Where the content of a register also lies, before the operation that is looked at. */
    private final Map<Integer, Area> areas = new HashMap<>();
    /** What writes a register. */
    private final Map<Integer, Task.Tile> writers = new HashMap<>();

    private final Set<Integer> needed = new HashSet<>();
    private final Predicate<Area> isRounded;
    private final Makers makers;

    /** What makes the jobs. */
    interface Makers {
        TileJob statistics(Task.Statistics operation, Area from);

        TileJob sums(Task.GradientSums operation, Area gradient, Area value);

        TileJob normalizedRelu(Task.NormalizedRelu operation, Area from, Area to);

        TileJob sum(Area left, Area right, Area to);

        TileJob mask(Area gradient, Area value, Area to);

        TileJob onTiles(Task.Tile operation);
    }

    private AreaOperations(Task.Elementwise task, Predicate<Area> isRounded, Makers makers) {
        this.isRounded = isRounded;
        this.makers = makers;
        for (Task.Tile tile : task.operations()) {
            if (tile instanceof Task.Load load && isRounded.test(load.from())) {
                areas.put(load.to(), load.from());
            } else if (tile instanceof Task.Store store && isRounded.test(store.to())) {
                areas.put(store.from(), store.to());
            }
            if (tile.written() >= 0) {
                writers.put(tile.written(), tile);
            }
        }
    }

    /** A job for each operation, in their order. */
    static List<TileJob> jobs(Task.Elementwise task, Predicate<Area> isRounded, Makers makers) {
        return new AreaOperations(task, isRounded, makers).jobs(task.operations());
    }

    /** From the last to the first, so that it is known whether a register is needed. */
    private List<TileJob> jobs(List<Task.Tile> operations) {
        List<TileJob> jobs = new ArrayList<>();
        for (int i = operations.size() - 1; i >= 0; i--) {
            Task.Tile operation = operations.get(i);
            if (operation instanceof Task.Store store) {
                areas.remove(store.from(), store.to());
            }
            List<TileJob> onAreas = onAreas(operation);
            jobs.addAll(onAreas);
            if (onAreas.isEmpty() && (operation.written() < 0 || needed.contains(operation.written()))) {
                needed.addAll(operation.read());
                jobs.add(makers.onTiles(operation));
            }
        }
        Collections.reverse(jobs);
        return jobs;
    }

    /** The last first; none where it takes tiles. */
    private List<TileJob> onAreas(Task.Tile operation) {
        if (operation instanceof Task.Statistics statistics) {
            Area from = areas.get(statistics.from());
            return from == null ? List.of() : List.of(makers.statistics(statistics, from));
        }
        if (operation instanceof Task.GradientSums sums) {
            Area gradient = areas.get(sums.gradient());
            Area value = areas.get(sums.value());
            return gradient == null || value == null ? List.of() : List.of(makers.sums(sums, gradient, value));
        }
        return operation instanceof Task.Store store && isRounded.test(store.to()) && !needed.contains(store.from())
                ? written(store.from(), store.to())
                : List.of();
    }

    /** What leaves a register's content in an area, if there are kernels for it. */
    private List<TileJob> written(int register, Area to) {
        Task.Tile writer = writers.get(register);
        if (writer instanceof Task.NormalizedRelu normalized) {
            Area from = areas.get(normalized.from());
            return from == null ? List.of() : List.of(makers.normalizedRelu(normalized, from, to));
        }
        if (writer instanceof Task.Sum sum) {
            Area left = areas.get(sum.left());
            Area right = areas.get(sum.right());
            return left == null || right == null ? List.of() : List.of(makers.sum(left, right, to));
        }
        return writer instanceof Task.Mask mask ? masked(mask, to) : List.of();
    }

    /** Rounding before the mask is the same as behind it. */
    private List<TileJob> masked(Task.Mask mask, Area to) {
        Area value = areas.get(mask.value());
        Area gradient = areas.get(mask.gradient());
        if (value == null) {
            return List.of();
        }
        if (gradient != null) {
            return List.of(makers.mask(gradient, value, to));
        }
        List<TileJob> before = written(mask.gradient(), to);
        if (before.isEmpty()) {
            return List.of();
        }
        List<TileJob> jobs = new ArrayList<>(List.of(makers.mask(to, value, to)));
        jobs.addAll(before);
        return jobs;
    }
}
