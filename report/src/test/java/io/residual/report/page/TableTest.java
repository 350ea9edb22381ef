package io.residual.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    private static final Table TABLE = Table.of(
                    "Results", Table.Column.text("run"), Table.Column.number("accuracy"), Table.Column.text("note"))
            .row("runs/first", "0.912", "")
            .row("runs/a|b", "n/a", "cut short\nby hand");

    @Test
    void markdown_aligns_numbers_and_keeps_each_cell_in_its_column() {
        assertThat(TABLE.toMarkdown()).isEqualTo("""
                        | run | accuracy | note |
                        |---|--:|---|
                        | runs/first | 0.912 |  |
                        | runs/a\\|b | n/a | cut short by hand |
                        """);
    }

    @Test
    void text_aligns_columns_by_spaces() {
        assertThat(TABLE.row("c", "12.5", "x").toText()).isEqualTo("""
                        run         accuracy  note
                        runs/first     0.912
                        runs/a|b         n/a  cut short by hand
                        c               12.5  x
                        """);
    }

    @Test
    void rows_that_do_not_match_the_head_are_refused() {
        assertThatThrownBy(() -> TABLE.row("only one")).hasMessage("Results: 1 cells do not match 3 columns");
    }
}
