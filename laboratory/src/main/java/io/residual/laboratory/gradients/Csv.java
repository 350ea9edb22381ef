package io.residual.laboratory.gradients;

import io.residual.laboratory.experiments.training.StudyFiles;
import io.residual.laboratory.gradients.Snapshot.OfBlock;
import io.residual.laboratory.gradients.Snapshot.OfOutput;
import io.residual.laboratory.gradients.Snapshot.OfParameter;
import io.residual.laboratory.gradients.StudyResult.Trajectory;
import io.residual.laboratory.gradients.magnitudes.HalfPrecision;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The numbers of a study as tables, a cell empty if undefined. */
final class Csv {
    private static final String HALF = HalfPrecision.SCALINGS.stream()
            .map(k -> ",belowNormalScaled" + k + ",belowSubnormalScaled" + k + ",roundedToZeroScaled" + k
                    + ",overflowingScaled" + k)
            .collect(Collectors.joining());

    private Csv() {}

    static String parameters(StudyResult result) {
        return table(
                "vertex,parameter,gradientNorm,norm,updateRatio" + HALF,
                result,
                Snapshot::parameters,
                OfParameter::layer,
                p -> List.of(p.vertex(), p.key()),
                p -> with(p.halfPrecision(), p.gradientNorm(), OptionalDouble.of(p.norm()), p.updateRatio()));
    }

    static String outputs(StudyResult result) {
        return table(
                "vertex,activationNorm,activationRms,gradientNorm,zeroShare,deadShare" + HALF,
                result,
                Snapshot::outputs,
                OfOutput::layer,
                o -> List.of(o.path()),
                o -> with(
                        o.halfPrecision(),
                        o.activationNorm(),
                        o.activationRms(),
                        o.gradientNorm(),
                        OptionalDouble.of(o.zeroShare()),
                        o.deadShare()));
    }

    static String blocks(StudyResult result) {
        return table(
                "block,gradientNorm,shortcutNorm,convolutionNorm,shortcutShare",
                result,
                Snapshot::blocks,
                OfBlock::layer,
                b -> List.of(b.path()),
                b -> List.of(b.gradientNorm(), b.shortcutNorm(), b.convolutionNorm(), b.shortcutShare()));
    }

    private static List<OptionalDouble> with(List<HalfPrecision> half, OptionalDouble... first) {
        List<OptionalDouble> all = new ArrayList<>(List.of(first));
        half.forEach(h -> all.addAll(List.of(h.belowNormal(), h.belowSubnormal(), h.roundedToZero(), h.overflowing())));
        return all;
    }

    private static <T> String table(
            String columns,
            StudyResult result,
            Function<Snapshot, List<T>> rows,
            Function<T, Integer> layer,
            Function<T, List<String>> names,
            Function<T, List<OptionalDouble>> numbers) {
        StudyFiles.Csv csv = new StudyFiles.Csv("moment,layer," + columns);
        for (Trajectory trajectory : result.trajectories()) {
            for (Snapshot snapshot : trajectory.snapshots()) {
                for (T row : rows.apply(snapshot)) {
                    List<Object> texts = new ArrayList<>(List.of(snapshot.moment(), layer.apply(row)));
                    texts.addAll(names.apply(row));
                    csv.row(trajectory.subject(), texts, numbers.apply(row));
                }
            }
        }
        return csv.toString();
    }
}
