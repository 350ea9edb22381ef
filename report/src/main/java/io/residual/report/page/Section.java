package io.residual.report.page;

import io.residual.report.chart.Chart;
import io.residual.report.page.Block.Charts;
import io.residual.report.page.Block.Code;
import io.residual.report.page.Block.Details;
import io.residual.report.page.Block.Facts;
import io.residual.report.page.Block.Gallery;
import io.residual.report.page.Block.Note;
import io.residual.report.page.Block.TableBlock;
import io.residual.report.page.Block.Text;
import java.util.List;
import java.util.stream.Stream;

/**
 * A part of a page that the table of contents lists. Immutable: each method returns the section with one more block.
 *
 * @param heading unique on its page
 */
public record Section(String heading, List<Block> blocks) {
    public Section {
        if (heading.isBlank()) {
            throw new IllegalArgumentException("a section needs a heading");
        }
        blocks = List.copyOf(blocks);
    }

    public static Section of(String heading, Block... blocks) {
        return new Section(heading, List.of(blocks));
    }

    public Section with(Block block) {
        return new Section(
                heading, Stream.concat(blocks.stream(), Stream.of(block)).toList());
    }

    /** Adds a paragraph. */
    public Section text(String text) {
        return with(new Text(text));
    }

    /** Adds a paragraph that is set apart. */
    public Section note(String text) {
        return with(new Note(text));
    }

    public Section facts(Facts.Fact... facts) {
        return with(new Facts(List.of(facts)));
    }

    /** Adds charts beside each other. */
    public Section charts(Chart... charts) {
        return with(new Charts(List.of(charts)));
    }

    public Section table(Table table) {
        return with(new TableBlock(table));
    }

    public Section gallery(List<InlineImage> pictures) {
        return with(new Gallery(pictures));
    }

    /**
     * Adds preformatted text.
     *
     * @param label what it is, for those who listen
     */
    public Section code(String label, String code) {
        return with(new Code(label, code));
    }

    /** Adds blocks that are closed until somebody opens them. */
    public Section details(String summary, Block... blocks) {
        return with(new Details(summary, List.of(blocks)));
    }
}
