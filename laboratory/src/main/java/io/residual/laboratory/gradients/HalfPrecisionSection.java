package io.residual.laboratory.gradients;

import io.residual.laboratory.gradients.SeedGroup.Figure;
import io.residual.laboratory.gradients.TwinCharts.Quantity;
import io.residual.laboratory.gradients.magnitudes.HalfPrecision;
import io.residual.report.page.Block.Charts;
import io.residual.report.page.Block.TableBlock;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/** What of the gradients 16-bit floating point could hold. */
final class HalfPrecisionSection {
    private static final Quantity LOST = new Quantity(
            "Gradients below 2⁻²⁴",
            "Share of the values of the gradient behind each block, zeros apart, that 16 bits lose without scaling.",
            "share of the values",
            LayerSeries.ofBlockOutputs(o -> o.halfPrecision().get(0).belowSubnormal()));

    private final List<SeedGroup> kinds;

    HalfPrecisionSection(List<SeedGroup> kinds) {
        this.kinds = kinds;
    }

    private static Function<Snapshot, List<Figure>> ofOutputs(
            int scaling, Function<HalfPrecision, OptionalDouble> share) {
        return LayerSeries.ofOutputs(
                LayerSeries::isConvolution, o -> share.apply(o.halfPrecision().get(scaling)));
    }

    private static Function<Snapshot, List<Figure>> ofWeights(
            int scaling, Function<HalfPrecision, OptionalDouble> share) {
        return LayerSeries.ofWeights(p -> share.apply(p.halfPrecision().get(scaling)));
    }

    Section section() {
        int last = kinds.stream().mapToInt(SeedGroup::moments).min().orElseThrow() - 1;
        Section section = Section.of("In 16 bits")
                .text(
                        "IEEE's 16-bit numbers end at 2⁻²⁴: a smaller gradient is lost. Below 2⁻¹⁴ they lose precision, and"
                                + " from 2¹⁶ on they are infinite. Multiplying the loss by a constant shifts all gradients"
                                + " (Micikevicius et al. 2018), which helps as long as the largest and the smallest are near"
                                + " enough to each other. These are shares of the values other than zero, as means over the"
                                + " convolutions.")
                .table(outputs("at the start", 0));
        if (last > 0) {
            section = section.table(outputs("at the last moment measured", last));
        }
        return section.details(
                        "The same of the gradients of the weights",
                        new TableBlock(weights("at the start", 0)),
                        new TableBlock(weights("at the last moment measured", last)))
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
        Function<Snapshot, List<Figure>> of(int scaling, Function<HalfPrecision, OptionalDouble> share);
    }

    private Table table(String caption, int moment, Shares shares) {
        Table table = Table.of(
                caption,
                Column.text("network"),
                Column.number("below 2⁻¹⁴"),
                Column.number("below 2⁻²⁴"),
                Column.number("loss × 2¹⁰: below 2⁻²⁴"),
                Column.number("loss × 2¹⁶: below 2⁻²⁴"),
                Column.number("loss × 2¹⁶: 2¹⁶ or more"));
        for (SeedGroup kind : kinds) {
            table = table.row(
                    kind.name(),
                    mean(kind, moment, shares.of(0, HalfPrecision::belowNormal)),
                    mean(kind, moment, shares.of(0, HalfPrecision::belowSubnormal)),
                    mean(kind, moment, shares.of(1, HalfPrecision::belowSubnormal)),
                    mean(kind, moment, shares.of(2, HalfPrecision::belowSubnormal)),
                    mean(kind, moment, shares.of(2, HalfPrecision::overflowing)));
        }
        return table;
    }

    private static String mean(SeedGroup kind, int moment, Function<Snapshot, List<Figure>> figures) {
        OptionalDouble mean =
                kind.means(moment, figures).stream().mapToDouble(p -> p.y()).average();
        return mean.isPresent() ? String.format(Locale.ROOT, "%.2f %%", 100 * mean.getAsDouble()) : "n/a";
    }
}
