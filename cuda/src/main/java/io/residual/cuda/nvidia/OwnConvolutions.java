package io.residual.cuda.nvidia;

import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.Kernels;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The convolutions of this program that a GPU can run. */
final class OwnConvolutions {
    /** Ampere's: the first whose tensor cores know bf16. */
    private static final int OLDEST_CAPABILITY = 80;

    private final Card card;
    private final Function<String, Kernels> compiler;

    OwnConvolutions(Card card, Function<String, Kernels> compiler) {
        this.card = card;
        this.compiler = compiler;
    }

    /** So many at most, none if the shape does not suit. They are compiled one after the other as the stream is read. */
    Stream<Algorithm> likelyFastest(ConvolutionShape shape, Pass pass, Format format, int most) {
        if (isNarrow(shape, pass, format)) {
            return compiled(() -> narrow(shape, pass)).stream();
        }
        Set<List<Integer>> seen = new HashSet<>();
        return tilings(shape, pass, format).stream()
                .filter(tiling -> seen.add(List.of(tiling.stack(), tiling.blocks(), tiling.channelBlocks())))
                .flatMap(tiling -> compiled(() -> new OwnConvolution(tiling, compiler)).stream())
                .limit(most);
    }

    /** Begins to compile the one of a tag, or if there is no tag the likely fastest. */
    void begin(Wanted wanted, String tag) {
        if (isNarrow(wanted.shape(), wanted.pass(), wanted.format())) {
            if (tag.isEmpty() || tag.equals(NarrowConvolution.TAG)) {
                begin(NarrowConvolution.source(wanted.shape()));
            }
            return;
        }
        tilings(wanted.shape(), wanted.pass(), wanted.format()).stream()
                .filter(tiling -> tag.isEmpty() || tiling.tag().equals(tag))
                .limit(1)
                .forEach(tiling -> begin(OwnConvolution.source(tiling)));
    }

    /** Kernels are waited for when one is launched. */
    private void begin(String source) {
        Kernels unused = compiler.apply(source);
    }

    /** The one of a tag; null if there is none. */
    @Nullable
    Algorithm find(String tag, ConvolutionShape shape, Pass pass, Format format) {
        if (tag.equals(NarrowConvolution.TAG) && isNarrow(shape, pass, format)) {
            return compiled(() -> narrow(shape, pass)).orElse(null);
        }
        return tilings(shape, pass, format).stream()
                .filter(tiling -> tiling.tag().equals(tag))
                .findFirst()
                .flatMap(tiling -> compiled(() -> new OwnConvolution(tiling, compiler)))
                .orElse(null);
    }

    /** Empty if the compiler or the GPU does not take it: cuDNN can do it, too. */
    private static Optional<Algorithm> compiled(Supplier<Algorithm> algorithm) {
        try {
            return Optional.of(algorithm.get());
        } catch (CudaException unable) {
            return Optional.empty();
        }
    }

    private boolean isNarrow(ConvolutionShape shape, Pass pass, Format format) {
        return card.capability() >= OLDEST_CAPABILITY && NarrowConvolution.suits(shape, pass, format);
    }

    private NarrowConvolution narrow(ConvolutionShape shape, Pass pass) {
        return new NarrowConvolution(shape, pass, card.multiprocessors(), compiler);
    }

    private List<Tiling> tilings(ConvolutionShape shape, Pass pass, Format format) {
        return card.capability() >= OLDEST_CAPABILITY && Tiling.suits(shape, format)
                ? Tiling.all(shape, pass, card.multiprocessors())
                : List.of();
    }
}
