package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.List;

/**
 * Steps one below the other, each with what it gives, and arcs around those that have a shortcut: a drawing of a network.
 *
 * @param steps in the order of the flow, at least one
 */
public record FlowDiagram(String title, String description, List<Step> steps) implements Chart {
    private static final double WIDTH = 560;
    private static final double LEFT = 66;
    private static final double BOX = 250;
    private static final double HEIGHT = 34;
    private static final double GAP = 18;
    private static final double LEAVE = 6;
    private static final double JOIN = 5;
    private static final double ARC = 26;

    /**
     * A step.
     *
     * @param name what is written in its box
     * @param result what it gives, beside the box
     * @param path whether something leads around it
     */
    public record Step(String name, String result, Path path) {}

    /** What leads around a step. */
    public enum Path {
        THROUGH,
        /** A shortcut with nothing on it. */
        SHORTCUT,
        /** A shortcut with a layer on it, drawn dashed. */
        PROJECTION
    }

    public FlowDiagram {
        steps = List.copyOf(steps);
        if (title.isBlank() || description.isBlank() || steps.isEmpty()) {
            throw new IllegalArgumentException("a diagram needs a title, a description and a step");
        }
    }

    @Override
    public Markup draw(StyleSheet sheet) {
        double height = Canvas.TITLE_HEIGHT + 8 + steps.size() * (HEIGHT + GAP);
        Markup svg = Canvas.open(this, WIDTH, height, sheet);
        double y = Canvas.TITLE_HEIGHT + 8;
        for (int i = 0; i < steps.size(); i++) {
            step(svg, steps.get(i), y, i + 1 < steps.size());
            y += HEIGHT + GAP;
        }
        return svg.close();
    }

    private static void step(Markup svg, Step step, double y, boolean more) {
        double centre = LEFT + BOX / 2;
        svg.line().leaf("rect", "class", "open s0", "x", LEFT, "y", y, "width", BOX, "height", HEIGHT, "rx", 5);
        double middle = y + HEIGHT / 2;
        String name = Canvas.fitting(step.name(), BOX - 12);
        svg.element("text", name, "text-anchor", "middle", "x", centre, "y", middle + 5);
        String result = Canvas.fitting(step.result(), WIDTH - LEFT - BOX - 24);
        svg.element("text", result, "class", "tick", "x", LEFT + BOX + 14, "y", middle + 4);
        if (more) {
            svg.path("frame", Markup.move(centre, y + HEIGHT) + "v" + Markup.number(GAP) + "m-4 -6l4 6l4 -6");
        }
        if (step.path() != Path.THROUGH) {
            // It leaves below where the one around the step before comes back, so that the two can be told apart.
            double reach = BOX / 2 + ARC;
            String dash = step.path() == Path.PROJECTION ? "5 3" : "none";
            String arc = Markup.move(centre, y - LEAVE) + "h" + Markup.number(-reach) + "v"
                    + Markup.number(LEAVE + HEIGHT + JOIN) + "h" + Markup.number(reach);
            svg.leaf("path", "class", "line s1", "stroke-dasharray", dash, "d", arc);
        }
    }
}
