package io.residual.cuda.nvidia;

import io.residual.cuda.device.CudaException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A source that is compiled while its user does other things, unless it was before. */
final class CompiledSource {
    private final Compiler compiler;
    private final DiskCache cache;
    private final PhaseTimes times;
    private final String source;
    private final CompletableFuture<byte[]> image;

    /** Begins. */
    CompiledSource(Compiler compiler, DiskCache cache, PhaseTimes times, String source) {
        this.compiler = compiler;
        this.cache = cache;
        this.times = times;
        this.source = source;
        image = CompletableFuture.supplyAsync(() -> {
            String key = compiler.key(source);
            return cache.read(key).orElseGet(() -> compile(key));
        });
    }

    /**
     * What a driver loads, when it is there.
     *
     * @throws CudaException with the compiler's messages
     */
    byte[] image() {
        try {
            return times.of("compiler waits", image::join);
        } catch (CompletionException e) {
            if (e.getCause() instanceof CudaException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /**
     * Compiles it although it was compiled before, as for a file of the cache that is damaged.
     *
     * @throws CudaException with the compiler's messages
     */
    byte[] again() {
        return compile(compiler.key(source));
    }

    private byte[] compile(String key) {
        byte[] compiled = times.of("compiler", () -> compiler.compile(source));
        cache.write(key, compiled);
        return compiled;
    }
}
