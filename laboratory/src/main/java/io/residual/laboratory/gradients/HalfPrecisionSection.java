package io.residual.laboratory.gradients;

import io.residual.laboratory.gradients.SeedGroup.LayerValue;
import io.residual.laboratory.gradients.TwinCharts.Quantity;
import io.residual.laboratory.gradients.magnitudes.HalfPrecision;
import io.residual.report.Numbers;
import io.residual.report.page.Block.Charts;
import io.residual.report.page.Block.TableBlock;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** How much of the gradients 16-bit floating point could hold. */
final class HalfPrecisionSection {
    private static final Quantity LOST = new Quantity(
            "Gradients that 16 bits round to 0",
            "Share of the nonzero values of the gradient behind each block that 16 bits round to 0, without scaling.",
            "share of the values",
            LayerSeries.ofBlockOutputs(o -> o.halfPrecision().get(0).roundedToZero()));

    private final List<SeedGroup> kinds;

    HalfPrecisionSection(List<SeedGroup> kinds) {
        this.kinds = kinds;
    }

    private static Function<Snapshot, List<LayerValue>> ofOutputs(
            int scaling, Function<HalfPrecision, OptionalDouble> share) {
        return LayerSeries.ofOutputs(
                LayerSeries::isConvolution, o -> share.apply(o.halfPrecision().get(scaling)));
    }

    private static Function<Snapshot, List<LayerValue>> ofWeights(
            int scaling, Function<HalfPrecision, OptionalDouble> share) {
        return LayerSeries.ofWeights(p -> share.apply(p.halfPrecision().get(scaling)));
    }

    Section section() {
        int last = kinds.stream().mapToInt(SeedGroup::moments).min().orElseThrow() - 1;
        Section section = Section.of("In 16 bits")
                .text(
                        "IEEE's 16-bit numbers end at 2⁻²⁴: up to half of that, a gradient is rounded to 0. Below 2⁻¹⁴ they lose"
                                + " precision, and from 2¹⁶ on they are infinite. Multiplying the loss by a constant shifts all gradients"
                                + " (Micikevicius et al. 2018), which helps as long as the largest and the smallest are close"
                                + " enough. These are shares of the values other than zero, as means over the"
                                + " convolutions.")
                .table(outputs("at the start", 0));
        if (last > 0) {
            section = section.table(outputs("at the last measurement", last));
        }
        return section.details(
                        "The same of the gradients of the weights",
                        new TableBlock(weights("at the start", 0)),
                        new TableBlock(weights("at the last measurement", last)))
                .with(new Charts(new TwinCharts(kinds, last).shares(LOST, kind -> "")));
    }

    private Table outputs(String when, int moment) {
        return table("Gradients of the convolutions' outputs, " + when, moment, HalfPrecisionSection::ofOutputs);
    }

    private Table weights(String when, int moment) {
        return table("Gradients of the weights, " + when, moment, HalfPrecisionSection::ofWeights);
    }

    /** Figures of snapshots for a scaling and one of the shares. */
    private interface Shares {
        Function<Snapshot, List<LayerValue>> of(int scaling, Function<HalfPrecision, OptionalDouble> share);
    }

    private Table table(String caption, int moment, Shares shares) {
        Table table = Table.of(
                caption,
                Column.text("network"),
                Column.number("below 2⁻¹⁴"),
                Column.number("rounded to 0"),
                Column.number("loss × 2¹⁰: rounded to 0"),
                Column.number("loss × 2¹⁶: rounded to 0"),
                Column.number("loss × 2¹⁶: 2¹⁶ or more"));
        for (SeedGroup kind : kinds) {
            table = table.row(
                    kind.name(),
                    mean(kind, moment, shares.of(0, HalfPrecision::belowNormal)),
                    mean(kind, moment, shares.of(0, HalfPrecision::roundedToZero)),
                    mean(kind, moment, shares.of(1, HalfPrecision::roundedToZero)),
                    mean(kind, moment, shares.of(2, HalfPrecision::roundedToZero)),
                    mean(kind, moment, shares.of(2, HalfPrecision::overflowing)));
        }
        return table;
    }

    private static String mean(SeedGroup kind, int moment, Function<Snapshot, List<LayerValue>> figures) {
        OptionalDouble mean =
                kind.means(moment, figures).stream().mapToDouble(p -> p.y()).average();
        return mean.isPresent() ? Numbers.percent(mean.getAsDouble(), 2) : Numbers.NOT_AVAILABLE;
    }
}
