package io.residual.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.program.Operation.Add;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Operation.Rectify;
import io.residual.program.Program.Value;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramTextTest {
    private static final Window POINT = new Window(new Window.Axis(1, 1, 1, 0, 0), new Window.Axis(1, 1, 1, 0, 0));

    /** All kinds of operations, with other numbers for rows than for columns. */
    private static final Program PROGRAM = new Program(
            List.of(
                    new Value("input", 2, 9, 8),
                    new Value("conv", 3, 5, 4),
                    new Value("bn", 3, 5, 4),
                    new Value("relu", 3, 5, 4),
                    new Value("add", 3, 5, 4),
                    new Value("pad", 6, 5, 4),
                    new Value("maximum", 6, 3, 2),
                    new Value("mean", 6, 1, 1),
                    new Value("fc", 7, 1, 1)),
            List.of(
                    new Convolve(
                            "conv",
                            0,
                            1,
                            new Window(new Window.Axis(3, 2, 1, 1, 1), new Window.Axis(4, 1, 2, 1, 1)),
                            false),
                    new Normalize("bn", 1, 2, 1e-5, 0.9, true),
                    new Rectify(2, 3),
                    new Add(3, 1, 4),
                    new PadChannels(4, 5),
                    new Pool(
                            Pool.Kind.MAXIMUM,
                            5,
                            6,
                            new Window(new Window.Axis(3, 2, 1, 1, 1), new Window.Axis(2, 2, 1, 0, 0))),
                    new Pool(
                            Pool.Kind.MEAN_OF_PRESENT,
                            6,
                            7,
                            new Window(new Window.Axis(3, 1, 1, 0, 0), new Window.Axis(2, 1, 1, 0, 0))),
                    new Convolve("fc", 7, 8, POINT, true)),
            0,
            8);

    private static final String TEXT = """
        program 1
        value input 2 9 8
        value conv 3 5 4
        value bn 3 5 4
        value relu 3 5 4
        value add 3 5 4
        value pad 6 5 4
        value maximum 6 3 2
        value mean 6 1 1
        value fc 7 1 1
        convolve conv 0 1 rows 3 2 1 1 1 columns 4 1 2 1 1 unbiased
        normalize bn 1 2 epsilon 1.0E-5 decay 0.9 unbiased
        rectify 2 3
        add 3 1 4
        pad 4 5
        pool MAXIMUM 5 6 rows 3 2 1 1 1 columns 2 2 1 0 0
        pool MEAN_OF_PRESENT 6 7 rows 3 1 1 0 0 columns 2 1 1 0 0
        convolve fc 7 8 rows 1 1 1 0 0 columns 1 1 1 0 0 biased
        input 0
        logits 8
        """;

    @Test
    void a_program_has_a_line_for_each_value_and_operation() {
        assertThat(ProgramText.of(PROGRAM)).isEqualTo(TEXT);
    }

    @Test
    void what_was_written_is_read() {
        assertThat(ProgramText.parse(TEXT)).isEqualTo(PROGRAM);
    }

    @Test
    void a_name_with_white_space_is_refused() {
        Program program = new Program(List.of(new Value("a b", 1, 1, 1)), List.of(), 0, 0);

        assertThatThrownBy(() -> ProgramText.of(program))
                .hasMessage("'a b' cannot be written: a name needs at least one character, none of them white space");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        program 1              | program 2             | line 1: expected 'program 1', found 'program 2'
        value bn 3 5 4         | value bn 3 0 4        | line 4: expected a whole number of at least 1, found '0'
        value bn 3 5 4         | value bn 3 5          | line 4: ends after 4 words
        value bn 3 5 4         | value bn 3 5 4 1      | line 4: expected the end of the line, found '1'
        value bn 3 5 4         | value  bn 3 5 4       | line 4: has an empty word
        value bn 3 5 4         | value bn 3 5 5        | line 12: Value[vertex=conv, channels=3, height=5, width=4] does not become Value[vertex=bn, channels=3, height=5, width=5]
        rows 3 2 1 1 1 columns 4 | rows 3 2 1 1 1 columns 6 | line 11: Value[vertex=input, channels=2, height=9, width=8] does not become Value[vertex=conv, channels=3, height=5, width=4]
        columns 4              | columns +4            | line 11: expected a whole number of at least 1, found '+4'
        epsilon 1.0E-5         | epsilon NaN           | line 12: expected a number of at least 0, found 'NaN'
        epsilon                | eps                   | line 12: expected 'epsilon', found 'eps'
        0.9 unbiased           | 0.9 exact             | line 12: expected 'unbiased' or 'biased', found 'exact'
        rectify 2 3            | square 2 3            | line 13: expected a value, an operation, the input or then the logits, found 'square'
        rectify 2 3            | rectify 4 3           | line 13: value 4 is read before it is written
        rectify 2 3            | rectify 2 9           | line 13: there is no value 9: there are 9
        add 3 1 4              | add 3 1 2             | line 14: value 2 is written before
        pool MAXIMUM           | pool maximum          | line 16: expected one of [MAXIMUM, MEAN_OF_PRESENT], found 'maximum'
        logits 8               | logits 6              | line 20: the logits are a value of height and width 1 that an operation writes
        logits 8               | rectify 7 8           | line 21: has an empty word
        """)
    void an_error_names_the_line_and_what_was_expected(String from, String to, String message) {
        assertThatThrownBy(() -> ProgramText.parse(TEXT.replaceFirst(Pattern.quote(from), to)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void the_text_ends_with_the_logits() {
        assertThatThrownBy(() -> ProgramText.parse(TEXT + "rectify 2 3\n"))
                .hasMessage("line 21: expected the end of the text, found 'rectify 2 3'");
        assertThatThrownBy(() -> ProgramText.parse(TEXT.strip()))
                .hasMessage("line 21: expected the end of the text, found 'no line break'");
        assertThatThrownBy(() -> ProgramText.parse("program 1"))
                .hasMessage("line 2: expected the input and then the logits, found 'the end of the text'");
    }
}
