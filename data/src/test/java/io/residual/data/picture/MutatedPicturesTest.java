package io.residual.data.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.Mutations;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Thousands of damaged files of all formats. */
class MutatedPicturesTest {
    private static final int OF_EACH = Integer.getInteger("residual.mutants", 30);
    private static final PictureLimits LIMITS = new PictureLimits(100_000, 4_000_000, Duration.ofSeconds(2));
    /** A busy machine gives the thread its turn late. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PictureDecoder decoder = new PictureDecoder(LIMITS, new DecodingBudget(100_000_000));

    @Test
    void every_damaged_picture_is_decoded_or_refused_in_one_line_within_its_deadline() {
        int decoded = 0;
        int refused = 0;
        for (String name : PictureDecoderTest.pictures()) {
            byte[] file = GoldenPictures.bytes(name);
            Mutations mutations = new Mutations(name.hashCode());
            for (int i = 0; i < OF_EACH; i++) {
                byte[] mutant = mutations.of(file);
                long start = System.nanoTime();
                try {
                    Picture picture = decoder.decode(mutant);
                    assertThat((long) picture.height() * picture.width()).isLessThanOrEqualTo(LIMITS.pixels());
                    decoded++;
                } catch (PictureException e) {
                    assertThat(e.getMessage().lines()).hasSize(1);
                    refused++;
                } catch (RuntimeException | Error e) {
                    throw new AssertionError("mutant " + i + " of " + name, e);
                }
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as("mutant %d of %s", i, name)
                        .isLessThan(PATIENCE);
            }
        }
        assertThat(decoded).isGreaterThan(400);
        assertThat(refused).isGreaterThan(500);
    }
}
