package io.residual.laboratory.gradients;

import io.residual.core.Shortcuts;
import io.residual.laboratory.gradients.StudyResult.Trajectory;
import io.residual.report.chart.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Networks that differ by their seed alone.
 *
 * @param members at least one, of the same name
 */
record SeedGroup(List<Trajectory> members) {
    /**
     * A figure of a layer.
     *
     * @param layer from 1 at the image
     */
    record LayerValue(int layer, OptionalDouble value) {}

    SeedGroup {
        members = List.copyOf(members);
    }

    /** The kinds of a result, in its order. */
    static List<SeedGroup> of(StudyResult result) {
        Map<String, List<Trajectory>> byName = new LinkedHashMap<>();
        for (Trajectory trajectory : result.trajectories()) {
            byName.computeIfAbsent(trajectory.subject().name(), name -> new ArrayList<>())
                    .add(trajectory);
        }
        return byName.values().stream().map(SeedGroup::new).toList();
    }

    String name() {
        return first().subject().name();
    }

    int depth() {
        return first().subject().depth();
    }

    boolean isResidual() {
        return first().subject().shortcuts() == Shortcuts.RESIDUAL;
    }

    Trajectory first() {
        return members.get(0);
    }

    /** Moments at which all members were measured, as indices of their snapshots. */
    int moments() {
        return members.stream().mapToInt(m -> m.snapshots().size()).min().orElseThrow();
    }

    /**
     * The geometric mean over the seeds of each layer's figure, for the layers where it is above zero for all.
     *
     * @param moment index of the snapshots
     * @param figures of a snapshot, one a layer
     */
    List<Point> geometricMeans(int moment, Function<Snapshot, List<LayerValue>> figures) {
        return means(moment, figures, Math::log, Math::exp);
    }

    /** The mean over the seeds of each layer's figure, for the layers where it is defined for all. */
    List<Point> means(int moment, Function<Snapshot, List<LayerValue>> figures) {
        return means(moment, figures, value -> value, value -> value);
    }

    private List<Point> means(
            int moment,
            Function<Snapshot, List<LayerValue>> figures,
            Function<Double, Double> to,
            Function<Double, Double> from) {
        Map<Integer, Double> sums = new TreeMap<>();
        for (Trajectory member : members) {
            for (LayerValue figure : figures.apply(member.snapshots().get(moment))) {
                sums.merge(figure.layer(), to.apply(figure.value().orElse(Double.NaN)), Double::sum);
            }
        }
        List<Point> points = new ArrayList<>();
        sums.forEach((layer, sum) -> {
            if (Double.isFinite(sum)) {
                points.add(new Point(layer, from.apply(sum / members.size())));
            }
        });
        return points;
    }
}
