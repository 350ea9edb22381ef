package io.residual.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ResidualExceptionTest {
    @Test
    void a_hint_follows_the_message_and_keeps_kind_and_cause() {
        IOException cause = new IOException("disk");
        ResidualException error = new ResidualException(Kind.BAD_RUN, "runs/a: the directory is not empty", cause);

        ResidualException hinted = error.withHint("name another with --run");

        assertThat(hinted)
                .hasMessage("runs/a: the directory is not empty: name another with --run")
                .hasCause(cause);
        assertThat(hinted.kind()).isEqualTo(Kind.BAD_RUN);
        assertThat(hinted.getStackTrace()).isEqualTo(error.getStackTrace());
    }

    @Test
    void a_hint_behind_a_sentence_is_a_sentence() {
        assertThat(new ResidualException(Kind.BAD_DATA, "It is cut off.").withHint("Fetch it again."))
                .hasMessage("It is cut off. Fetch it again.");
    }
}
