package io.residual.cuda.nvidia;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Which algorithms were chosen for convolutions, for all processes with the same cache.
 *
 * @param gpu stands for all of its kind
 */
record Choices(DiskCache cache, String gpu, long cudnnVersion, Determinism determinism) {
    /** What a choice depends on. */
    List<String> description(Wanted wanted) {
        return List.of(
                gpu,
                "cuDNN " + cudnnVersion,
                Tiling.VERSION,
                wanted.pass().toString(),
                wanted.format().toString(),
                determinism.toString(),
                wanted.shape().toString());
    }

    /** The tag of the chosen algorithm, which may be damaged; empty if none was chosen. */
    String tag(Wanted wanted) {
        return cache.read(key(wanted))
                .flatMap(content ->
                        new String(content, StandardCharsets.UTF_8).lines().reduce((before, last) -> last))
                .orElse("");
    }

    void keep(Wanted wanted, String tag) {
        String text = String.join("\n", description(wanted)) + "\n" + tag + "\n";
        cache.write(key(wanted), text.getBytes(StandardCharsets.UTF_8));
    }

    private String key(Wanted wanted) {
        return DiskCache.key(description(wanted), ".convolution");
    }
}
