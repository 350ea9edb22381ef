package io.residual.report.page;

import io.residual.report.Markup;
import io.residual.report.chart.Chart;
import io.residual.report.chart.ParallelCoordinates;
import java.util.List;

/** A piece of a page. */
public sealed interface Block {
    /** Writes the piece's elements. */
    void write(Markup html);

    /** A paragraph. */
    record Text(String text) implements Block {
        @Override
        public void write(Markup html) {
            html.element("p", text).line();
        }
    }

    /** A paragraph that warns or explains, set apart. */
    record Note(String text) implements Block {
        @Override
        public void write(Markup html) {
            html.element("p", text, "class", "note").line();
        }
    }

    /** Preformatted text, such as YAML or a command. */
    record Code(String label, String code) implements Block {
        @Override
        public void write(Markup html) {
            // It can be scrolled, so it must be reachable by keyboard, and so it needs a name.
            html.open("pre", "tabindex", 0, "role", "region", "aria-label", label);
            html.element("code", code).close().line();
        }
    }

    /** A few figures that matter most, each with what it is. */
    record Facts(List<Fact> facts) implements Block {
        /**
         * A figure.
         *
         * @param name what it is
         * @param value the figure with its unit
         * @param detail its uncertainty or a comparison; may be empty
         */
        public record Fact(String name, String value, String detail) {}

        public Facts {
            facts = List.copyOf(facts);
        }

        @Override
        public void write(Markup html) {
            html.open("dl", "class", "facts");
            for (Fact fact : facts) {
                html.open("div").element("dt", fact.name()).element("dd", fact.value(), "class", "value");
                if (!fact.detail().isEmpty()) {
                    html.element("dd", fact.detail(), "class", "detail");
                }
                html.close();
            }
            html.close().line();
        }
    }

    /** Charts, beside each other where there is room. */
    record Charts(List<Chart> charts) implements Block {
        public Charts {
            charts = List.copyOf(charts);
        }

        @Override
        public void write(Markup html) {
            html.open("div", "class", charts.size() == 1 ? "charts single" : "charts");
            for (Chart chart : charts) {
                html.open("figure", "class", chart instanceof ParallelCoordinates ? "wide" : "narrow");
                html.add(chart.draw(Chart.StyleSheet.SHARED));
                html.element("figcaption", chart.description()).close();
            }
            html.close().line();
        }
    }

    /** Small pictures in a grid. */
    record Gallery(List<InlineImage> pictures) implements Block {
        public Gallery {
            pictures = List.copyOf(pictures);
        }

        @Override
        public void write(Markup html) {
            html.open("ul", "class", "gallery");
            pictures.forEach(picture -> picture.write(html));
            html.close().line();
        }
    }

    /** Blocks that are closed until somebody opens them; they are printed as they are. */
    record Details(String summary, List<Block> blocks) implements Block {
        public Details {
            blocks = List.copyOf(blocks);
        }

        @Override
        public void write(Markup html) {
            html.open("details").element("summary", summary);
            blocks.forEach(block -> block.write(html));
            html.close().line();
        }
    }

    /** A table. */
    record TableBlock(Table table) implements Block {
        @Override
        public void write(Markup html) {
            table.write(html);
        }
    }
}
