package io.residual.laboratory.gradients;

import io.residual.charts.page.Block.Charts;
import io.residual.charts.page.Section;
import io.residual.charts.page.Table;
import io.residual.charts.page.Table.Column;
import io.residual.laboratory.gradients.Kind.Figure;
import io.residual.laboratory.gradients.Pairs.Quantity;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/** What of the gradients 16-bit floating point could hold. */
final class HalfPrecisionSection {
    private static final Quantity LOST = new Quantity(
            "Gradients below 2^-24",
            "Share of the gradient's values at each layer's output, zeros apart, that 16 bits lose without scaling.",
            "share of the values",
            ofOutputs(0, HalfPrecision::belowSubnormal));

    private final List<Kind> kinds;

    HalfPrecisionSection(List<Kind> kinds) {
        this.kinds = kinds;
    }

    private static Function<Snapshot, List<Figure>> ofOutputs(
            int scaling, Function<HalfPrecision, OptionalDouble> share) {
        return Figures.ofOutputs(
                Figures::isWeighted, o -> share.apply(o.halfPrecision().get(scaling)));
    }

    private static Function<Snapshot, List<Figure>> ofWeights(
            int scaling, Function<HalfPrecision, OptionalDouble> share) {
        return Figures.ofWeights(p -> share.apply(p.halfPrecision().get(scaling)));
    }

    Section section() {
        Section section = Section.of("In 16 bits")
                .text("IEEE's 16-bit numbers end at 2^-24: a smaller gradient is lost. Below 2^-14 they lose precision,"
                        + " and from 2^16 on they are infinite. Multiplying the loss by a constant shifts all gradients"
                        + " (Micikevicius et al. 2018). These are shares of the values other than zero, at the start,"
                        + " as means over the layers.")
                .table(table("Gradients of the convolutions' outputs", HalfPrecisionSection::ofOutputs))
                .table(table("Gradients of the weights", HalfPrecisionSection::ofWeights));
        return section.with(new Charts(new Pairs(kinds, 0).shares(LOST, kind -> "")));
    }

    /** Figures of snapshots for a scaling and one of the shares. */
    private interface Shares {
        Function<Snapshot, List<Figure>> of(int scaling, Function<HalfPrecision, OptionalDouble> share);
    }

    private Table table(String caption, Shares shares) {
        Table table = Table.of(
                caption,
                Column.text("network"),
                Column.number("below 2^-14"),
                Column.number("below 2^-24"),
                Column.number("loss × 2^10: below 2^-24"),
                Column.number("loss × 2^16: below 2^-24"),
                Column.number("loss × 2^16: 2^16 or more"));
        for (Kind kind : kinds) {
            table = table.row(
                    kind.name(),
                    mean(kind, shares.of(0, HalfPrecision::belowNormal)),
                    mean(kind, shares.of(0, HalfPrecision::belowSubnormal)),
                    mean(kind, shares.of(1, HalfPrecision::belowSubnormal)),
                    mean(kind, shares.of(2, HalfPrecision::belowSubnormal)),
                    mean(kind, shares.of(2, HalfPrecision::overflowing)));
        }
        return table;
    }

    private static String mean(Kind kind, Function<Snapshot, List<Figure>> figures) {
        OptionalDouble mean =
                kind.means(0, figures).stream().mapToDouble(p -> p.y()).average();
        return mean.isPresent() ? String.format(Locale.ROOT, "%.2f %%", 100 * mean.getAsDouble()) : "n/a";
    }
}
