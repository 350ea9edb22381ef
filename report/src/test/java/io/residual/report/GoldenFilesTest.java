package io.residual.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.report.chart.Chart;
import io.residual.report.chart.Samples;
import io.residual.report.page.Block.Facts.Fact;
import io.residual.report.page.Page;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three charts and a page, byte by byte. Where a change of their looks is meant, look at the new file in {@code
 * target/golden} and copy it to {@code src/test/resources/io/residual/report/golden}.
 */
class GoldenFilesTest {
    static List<Chart> charts() {
        return List.of(Samples.lines(), Samples.bars(), Samples.heatMap());
    }

    @ParameterizedTest
    @MethodSource("charts")
    void a_chart_looks_as_it_did(Chart chart) throws IOException {
        assertGolden(chart.title().replace(' ', '-') + ".svg", chart.toSvgFile());
    }

    @Test
    void a_page_looks_as_it_did() throws IOException {
        Table table = Table.of("Results", Table.Column.text("run"), Table.Column.number("accuracy"))
                .row("runs/<first>", "0.912")
                .row("runs/second", "n/a");
        Page page = Page.of("Charts & pages", "A table and a chart.")
                .with(Section.of("Summary")
                        .facts(new Fact("Accuracy", "0.912", "0.901 to 0.922"), new Fact("Loss", "0.31 nats", ""))
                        .text("A paragraph.")
                        .note("A note.")
                        .table(table))
                .with(Section.of("Charts").charts(Samples.flow()).code("spec.yaml", "a: 1\nb: <2>\n"));
        assertGolden("page.html", page.toHtml());
    }

    /** Split into elements, a difference is a line of the message instead of two files. */
    private static void assertGolden(String name, String actual) throws IOException {
        Path written = Files.createDirectories(Path.of("target", "golden")).resolve(name);
        Files.writeString(written, actual);
        try (InputStream golden = GoldenFilesTest.class.getResourceAsStream("golden/" + name)) {
            assertThat(golden)
                    .as("src/test/resources/io/residual/report/golden/" + name)
                    .isNotNull();
            String expected = new String(golden.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(List.of(actual.split(">", -1)))
                    .as(written + ", element by element")
                    .isEqualTo(List.of(expected.split(">", -1)));
        }
    }
}
