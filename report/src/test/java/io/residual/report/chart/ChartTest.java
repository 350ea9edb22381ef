package io.residual.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChartTest {
    static List<Chart> charts() {
        return Samples.all();
    }

    @ParameterizedTest
    @MethodSource("charts")
    void every_chart_is_well_formed_and_says_what_it_shows(Chart chart) throws Exception {
        Xml xml = Xml.of(chart.toSvg());
        assertThat(xml.document().getDocumentElement().getAttribute("role")).isEqualTo("img");
        assertThat(xml.all("/svg/title"))
                .singleElement()
                .satisfies(title -> assertThat(title.getTextContent()).isEqualTo(chart.title()));
        assertThat(xml.all("/svg/desc"))
                .singleElement()
                .satisfies(text -> assertThat(text.getTextContent()).isEqualTo(chart.description()));
        assertThat(xml.all("//*[@style or @id]")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("charts")
    void a_file_brings_both_themes_and_needs_no_custom_properties(Chart chart) throws Exception {
        String file = chart.toSvgFile();
        assertThat(Xml.of(file).all("//style")).hasSize(1);
        assertThat(file).contains("prefers-color-scheme: dark").doesNotContain("var(");
        Path folder = Files.createDirectories(Path.of("target", "samples"));
        Files.writeString(folder.resolve(chart.title().replace(' ', '-') + ".svg"), file);
    }

    @ParameterizedTest
    @MethodSource("charts")
    void texts_stay_on_the_paper(Chart chart) throws Exception {
        Xml xml = Xml.of(chart.toSvg());
        double width = xml.number("/svg", "width");
        double height = xml.number("/svg", "height");
        assertThat(xml.all("//text")).isNotEmpty().allSatisfy(text -> {
            assertThat(Double.parseDouble(text.getAttribute("x"))).isBetween(0.0, width);
            assertThat(Double.parseDouble(text.getAttribute("y"))).isBetween(0.0, height);
        });
    }

    @Test
    void labels_with_markup_in_them_stay_text() throws Exception {
        Xml xml = Xml.of(Samples.scatter().toSvg());
        assertThat(xml.all("//g/title").get(0).getTextContent()).isEqualTo("trial <0> & \"more\"");
    }

    @Test
    void a_histogram_s_columns_are_as_high_as_their_counts() throws Exception {
        Plot plot = Plot.of(
                "t",
                "d",
                Axis.linear("x"),
                Axis.linear("count").between(0, 12),
                Columns.histogram("", List.of(0.0, 1.0, 3.0, 4.0), List.of(2L, 9L, 0L)));
        List<Double> heights = Xml.of(plot.toSvg()).all("//rect[contains(@class,'column')]").stream()
                .map(rect -> Double.parseDouble(rect.getAttribute("height")))
                .toList();
        assertThat(heights.get(1) / heights.get(0)).isCloseTo(4.5, within(1e-3));
        assertThat(heights.get(2)).isZero();
    }

    @Test
    void series_differ_in_dash_and_mark_as_well_as_in_colour() throws Exception {
        Xml xml = Xml.of(Samples.lines().toSvg());
        assertThat(xml.all("//svg/svg//path[contains(@class,'line')]"))
                .hasSize(4)
                .extracting(path -> path.getAttribute("stroke-dasharray"))
                .doesNotHaveDuplicates();
        assertThat(xml.all("//svg/svg//path[contains(@class,'mark')]")).hasSize(45);
        assertThat(xml.all("//svg/svg//circle[contains(@class,'mark')]")).hasSize(15);
    }

    @Test
    void a_band_without_a_name_has_the_colour_of_the_line_before_it() throws Exception {
        Xml xml = Xml.of(Samples.lines().toSvg());
        assertThat(xml.all("//path[contains(@class,'band')]"))
                .singleElement()
                .satisfies(band -> assertThat(band.getAttribute("class")).isEqualTo("band s3"));
    }

    @Test
    void an_undefined_cell_and_an_undefined_bar_say_so() throws Exception {
        assertThat(Xml.of(Samples.heatMap().toSvg()).all("//text[.='n/a']")).hasSize(1);
        assertThat(Xml.of(Samples.bars().toSvg()).all("//text[.='n/a']")).hasSize(1);
    }

    @Test
    void texts_on_every_shade_of_both_themes_have_a_contrast_of_4_5_at_least() {
        for (Theme theme : List.of(Theme.LIGHT, Theme.DARK)) {
            assertThat(IntStream.range(0, ChartStyle.SHADES).boxed())
                    .allSatisfy(i -> assertThat(contrast(theme.shade(i), theme.onShade(i)))
                            .isGreaterThan(4.5));
            assertThat(contrast(theme.paper(), theme.faint())).isGreaterThan(4.5);
            assertThat(theme.series())
                    .allSatisfy(colour ->
                            assertThat(contrast(theme.paper(), colour)).isGreaterThan(3));
        }
    }

    /** Contrast as WCAG 2.2 defines it, 1 to 21. */
    private static double contrast(String a, String b) {
        double first = Theme.luminance(a);
        double second = Theme.luminance(b);
        return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
    }

    @Test
    void a_contour_has_a_colour() {
        assertThat(ChartStyle.ofPage()).contains(".chart .contour{stroke:var(--s1)}");
        assertThat(ChartStyle.ofFile()).contains(".chart .contour{stroke:#d55e00}");
    }

    @Test
    void a_contour_runs_where_the_surface_has_its_value() throws Exception {
        // z = x, so the contour of 0.25 is the upright line a quarter of the way.
        List<Double> places = List.of(0.0, 0.5, 1.0);
        Plot plot = Plot.of(
                        "t",
                        "d",
                        Axis.linear("x").between(0, 1),
                        Axis.linear("y").between(0, 1),
                        new Surface(places, places, List.of(places, places, places), List.of(0.25)))
                .colouredBy(ColourScale.linear("z", 0, 1));
        Xml xml = Xml.of(plot.toSvg());
        double left = xml.number("/svg/svg", "x") + 6;
        double width = xml.number("/svg/svg", "width") - 12;
        String[] numbers = xml.all("//path[contains(@class,'contour')]")
                .get(0)
                .getAttribute("d")
                .split("[ML ]");
        assertThat(Double.parseDouble(numbers[1])).isCloseTo(left + width / 4, within(0.02));
    }

    @Test
    void what_cannot_be_drawn_is_refused_with_its_value() {
        assertThatThrownBy(() -> new Point(3, Double.POSITIVE_INFINITY))
                .hasMessage("a point must be finite, found 3.0, Infinity");
        assertThatThrownBy(() -> HeatMap.Cell.of(Double.NaN, "?")).hasMessageContaining("not NaN");
        assertThatThrownBy(() -> Columns.histogram("n", List.of(0.0, 1.0), List.of(1L, 2L)))
                .hasMessage("2 edges do not match 2 counts");
        Scatter shaded = new Scatter("n", List.of(new Scatter.Dot(new Point(0, 1), OptionalDouble.of(3), "")));
        assertThatThrownBy(() -> Plot.of("t", "d", Axis.linear("x"), Axis.linear("y"), shaded)
                        .toSvg())
                .hasMessageContaining("no colour scale");
    }
}
