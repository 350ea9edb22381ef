package io.residual.laboratory.gradients;

import io.residual.laboratory.experiments.training.StudiedNetwork;
import io.residual.laboratory.gradients.Snapshot.OfBlock;
import io.residual.laboratory.gradients.Snapshot.OfOutput;
import io.residual.laboratory.gradients.Snapshot.OfParameter;
import io.residual.laboratory.gradients.magnitudes.HalfPrecision;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The figures as tables, a cell empty where undefined. All texts are names without commas and quotes. */
final class Csv {
    private static final String WHERE = "network,depth,shortcuts,seed,moment,layer";
    private static final String HALF = HalfPrecision.SCALINGS.stream()
            .map(k -> "belowNormalScaled" + k + ",belowSubnormalScaled" + k + ",roundedToZeroScaled" + k
                    + ",overflowingScaled" + k)
            .collect(Collectors.joining(","));

    private Csv() {}

    /** A row's place, and its figures. */
    private record Row(int layer, List<String> texts, List<OptionalDouble> figures) {}

    static String parameters(StudyResult result) {
        return table(
                "vertex,parameter,gradientNorm,norm,updateRatio," + HALF,
                result,
                s -> s.parameters().stream().map(Csv::row));
    }

    private static Row row(OfParameter p) {
        return new Row(
                p.layer(),
                List.of(p.vertex(), p.key()),
                with(p.halfPrecision(), p.gradientNorm(), OptionalDouble.of(p.norm()), p.updateRatio()));
    }

    static String outputs(StudyResult result) {
        return table(
                "vertex,activationNorm,activationRms,gradientNorm,zeroShare,deadShare," + HALF,
                result,
                s -> s.outputs().stream().map(Csv::row));
    }

    private static Row row(OfOutput o) {
        return new Row(
                o.layer(),
                List.of(o.path()),
                with(
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
                s -> s.blocks().stream().map(Csv::row));
    }

    private static Row row(OfBlock b) {
        return new Row(
                b.layer(),
                List.of(b.path()),
                List.of(b.gradientNorm(), b.shortcutNorm(), b.convolutionNorm(), b.shortcutShare()));
    }

    private static List<OptionalDouble> with(List<HalfPrecision> half, OptionalDouble... first) {
        List<OptionalDouble> all = new ArrayList<>(List.of(first));
        half.forEach(h -> all.addAll(List.of(h.belowNormal(), h.belowSubnormal(), h.roundedToZero(), h.overflowing())));
        return all;
    }

    private static String table(String columns, StudyResult result, Function<Snapshot, Stream<Row>> rows) {
        StringBuilder csv = new StringBuilder(WHERE + "," + columns + "\r\n");
        for (Trajectory trajectory : result.trajectories()) {
            StudiedNetwork subject = trajectory.subject();
            for (Snapshot snapshot : trajectory.snapshots()) {
                rows.apply(snapshot)
                        .forEach(row -> csv.append(Stream.of(
                                                Stream.of(
                                                        subject.name(),
                                                        String.valueOf(subject.depth()),
                                                        subject.shortcuts().toString(),
                                                        String.valueOf(subject.seed()),
                                                        snapshot.moment(),
                                                        String.valueOf(row.layer())),
                                                row.texts().stream(),
                                                row.figures().stream().map(Csv::cell))
                                        .flatMap(Function.identity())
                                        .collect(Collectors.joining(",")))
                                .append("\r\n"));
            }
        }
        return csv.toString();
    }

    private static String cell(OptionalDouble figure) {
        return figure.isPresent() ? String.valueOf(figure.getAsDouble()) : "";
    }
}
