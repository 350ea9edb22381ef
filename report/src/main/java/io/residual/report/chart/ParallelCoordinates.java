package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Things of many quantities, as lines over one upright axis for each quantity: the trials of a sweep.
 *
 * @param axes from the left, at least two
 * @param strands one for each thing
 * @param colours what the shades of strands show
 */
public record ParallelCoordinates(
        String title, String description, List<Axis> axes, List<Strand> strands, Optional<ColourScale> colours)
        implements Chart {
    private static final double WIDTH = 720;
    private static final double BODY = 280;
    private static final int TICKS = 6;

    /**
     * A thing.
     *
     * @param values one for each axis, finite
     * @param shade value of its shade; empty for grey
     * @param label shown where a pointer rests on it
     * @param weight how strongly it is drawn
     */
    public record Strand(List<Double> values, OptionalDouble shade, String label, Weight weight) {
        public Strand {
            values = List.copyOf(values);
        }
    }

    /** How strongly a strand is drawn. */
    public enum Weight {
        NORMAL,
        /** Thick, with a mark on every axis, and above the others: the best. */
        HIGHLIGHTED
    }

    public ParallelCoordinates {
        axes = List.copyOf(axes);
        strands = List.copyOf(strands);
        int width = axes.size();
        if (title.isBlank() || description.isBlank()) {
            throw new IllegalArgumentException("a chart needs a title and a description");
        }
        if (width < 2 || strands.stream().anyMatch(strand -> strand.values().size() != width)) {
            throw new IllegalArgumentException("every strand needs a value for each of at least two axes");
        }
        if (colours.isEmpty()
                && strands.stream().anyMatch(strand -> strand.shade().isPresent())) {
            throw new IllegalArgumentException("strands with shades need a colour scale");
        }
    }

    @Override
    public Markup draw(StyleSheet sheet) {
        double top = Canvas.TITLE_HEIGHT + 34;
        double bottom = top + BODY;
        double left = 60;
        double right = WIDTH - 40 - (colours.isPresent() ? ColourScale.WIDTH : 0);
        double step = (right - left) / (axes.size() - 1);
        List<Scale> scales = IntStream.range(0, axes.size())
                .mapToObj(i -> axes.get(i)
                        .scale(strands.stream().mapToDouble(s -> s.values().get(i)), bottom - 6, top + 6, TICKS))
                .toList();

        Markup svg = Canvas.open(this, WIDTH, bottom + 18, sheet);
        List<Strand> order = new ArrayList<>(strands.stream()
                .filter(strand -> strand.weight() == Weight.NORMAL)
                .toList());
        strands.stream().filter(strand -> strand.weight() == Weight.HIGHLIGHTED).forEach(order::add);
        order.forEach(strand -> draw(svg, strand, scales, left, step));
        for (int i = 0; i < axes.size(); i++) {
            axis(svg, axes.get(i), scales.get(i), left + i * step, i % 2 == 0 ? top - 18 : top - 4, step);
        }
        colours.ifPresent(scale -> scale.bar(svg, right + 46, top, BODY));
        return svg.close();
    }

    /** Names stand in two rows in turn, so that they have the room of two axes. */
    private static void axis(Markup svg, Axis axis, Scale scale, double x, double nameY, double step) {
        svg.path("frame", Markup.move(x, scale.to() - 2) + "V" + Markup.number(scale.from() + 6));
        svg.element("text", Canvas.fitting(axis.label(), 1.9 * step), "text-anchor", "middle", "x", x, "y", nameY);
        for (Tick tick : scale.ticks()) {
            double y = scale.at(tick.value());
            svg.path("frame", Markup.move(x - 3, y) + "h6");
            String label = Canvas.fitting(tick.label(), step - 14);
            svg.element("text", label, "class", "tick halo", "text-anchor", "end", "x", x - 6, "y", y + 4);
        }
    }

    private void draw(Markup svg, Strand strand, List<Scale> scales, double left, double step) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < scales.size(); i++) {
            path.append(i == 0 ? 'M' : 'L')
                    .append(Markup.number(left + i * step))
                    .append(' ')
                    .append(Markup.number(scales.get(i).at(strand.values().get(i))));
        }
        String look = strand.shade().isPresent() && colours.isPresent()
                ? "strand " + colours.get().stroke(strand.shade().getAsDouble())
                : "dim";
        boolean best = strand.weight() == Weight.HIGHLIGHTED;
        svg.open("g").element("title", strand.label());
        svg.path(best ? "line s1" : look, path.toString());
        if (best) {
            for (int i = 0; i < scales.size(); i++) {
                double y = scales.get(i).at(strand.values().get(i));
                svg.leaf("circle", "class", "s1", "cx", left + i * step, "cy", y, "r", 4);
            }
        }
        svg.close();
    }
}
