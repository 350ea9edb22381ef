package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a surface has a certain value, by marching squares: each cell between four neighbours is cut in two triangles, in
 * which the line is straight and never ambiguous.
 */
final class Contour {
    private record Corner(double x, double y, double value) {}

    private Contour() {}

    /** Line segments in the words of an SVG path; empty where the surface has no such value. */
    static String path(Surface surface, double level, Drawing drawing) {
        StringBuilder path = new StringBuilder();
        for (int row = 1; row < surface.rows().size(); row++) {
            for (int column = 1; column < surface.columns().size(); column++) {
                Corner a = corner(surface, row - 1, column - 1, drawing);
                Corner b = corner(surface, row - 1, column, drawing);
                Corner c = corner(surface, row, column, drawing);
                Corner d = corner(surface, row, column - 1, drawing);
                path.append(cut(List.of(a, b, c), level)).append(cut(List.of(a, c, d), level));
            }
        }
        return path.toString();
    }

    private static Corner corner(Surface surface, int row, int column, Drawing drawing) {
        return new Corner(
                drawing.x().at(surface.columns().get(column)),
                drawing.y().at(surface.rows().get(row)),
                surface.values().get(row).get(column));
    }

    private static String cut(List<Corner> triangle, double level) {
        List<String> ends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Corner from = triangle.get(i);
            Corner to = triangle.get((i + 1) % 3);
            if ((from.value() < level) != (to.value() < level)) {
                double share = (level - from.value()) / (to.value() - from.value());
                ends.add(Markup.number(from.x() + share * (to.x() - from.x())) + " "
                        + Markup.number(from.y() + share * (to.y() - from.y())));
            }
        }
        return ends.isEmpty() ? "" : "M" + ends.get(0) + "L" + ends.get(1);
    }
}
