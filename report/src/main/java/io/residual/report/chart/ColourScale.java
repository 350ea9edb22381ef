package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * What a shade stands for: one hue that rises in lightness, from the page's background at the low end.
 *
 * @param label the quantity and its unit
 * @param low value of the faintest shade
 * @param high value of the strongest shade, above {@code low}; values outside get the shade of the nearer end
 */
public record ColourScale(String label, ScaleType scaling, double low, double high) {
    /** How wide a bar of shades with its figures is. */
    static final double WIDTH = 84;

    private static final double BAR = 14;
    private static final int FAINTEST_LINE = 5;

    public ColourScale {
        new Axis(label, scaling, Optional.empty(), List.of()).between(low, high);
    }

    public static ColourScale linear(String label, double low, double high) {
        return new ColourScale(label, ScaleType.LINEAR, low, high);
    }

    public static ColourScale log(String label, double low, double high) {
        return new ColourScale(label, ScaleType.LOG, low, high);
    }

    private Scale scale(double from, double to) {
        return new Axis(label, scaling, Optional.empty(), List.of())
                .between(low, high)
                .scale(DoubleStream.empty(), from, to, 6);
    }

    /** Class of an area with a value's shade. */
    String shade(double value) {
        return "h" + step(value);
    }

    /** Class of a text on an area with a value's shade. */
    String onShade(double value) {
        return "t" + step(value);
    }

    /** Class of a line in a value's shade; the faintest would not be seen. */
    String stroke(double value) {
        return "l" + (FAINTEST_LINE + step(value) * (ChartStyle.SHADES - 1 - FAINTEST_LINE) / (ChartStyle.SHADES - 1));
    }

    private long step(double value) {
        double share = scale(0, 1).at(Math.max(low, Math.min(high, value)));
        return Math.round(share * (ChartStyle.SHADES - 1));
    }

    /** Draws the shades with their values upwards, and the label along them. */
    void bar(Markup svg, double left, double top, double height) {
        double step = height / ChartStyle.SHADES;
        for (int i = 0; i < ChartStyle.SHADES; i++) {
            // A little more than a step, so that no background shows between them.
            svg.rect("h" + i, left, top + height - (i + 1) * step, BAR, i == 0 ? step : step + 0.5);
        }
        svg.rect("frame", left, top, BAR, height);
        Scale scale = scale(top + height, top);
        for (Tick tick : scale.ticks()) {
            double y = scale.at(tick.value()) + 4;
            svg.element("text", tick.label(), "class", "tick", "x", left + BAR + 4, "y", y);
        }
        Canvas.upright(svg, label, left + WIDTH - 12, top + height / 2);
    }
}
