package io.residual.evaluation;

import io.residual.training.cli.CommandRunner;
import java.io.PrintWriter;
import java.io.StringWriter;

/** A command that has ended, and what it printed. */
public record Outcome(int status, String out, String err) {
    public static Outcome of(Object command, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = CommandRunner.run(command, new PrintWriter(out), new PrintWriter(err), args);
        return new Outcome(status, out.toString(), err.toString());
    }
}
