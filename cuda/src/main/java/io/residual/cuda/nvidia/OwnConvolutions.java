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
    Stream<OwnConvolution> likelyFastest(ConvolutionShape shape, Pass pass, Format format, int most) {
        Set<List<Integer>> seen = new HashSet<>();
        return tilings(shape, pass, format).stream()
                .filter(tiling -> seen.add(List.of(tiling.stack(), tiling.blocks(), tiling.channelBlocks())))
                .flatMap(tiling -> compiled(tiling).stream())
                .limit(most);
    }

    /** The one of a tag; null if there is none. */
    @Nullable
    OwnConvolution find(String tag, ConvolutionShape shape, Pass pass, Format format) {
        return tilings(shape, pass, format).stream()
                .filter(tiling -> tiling.tag().equals(tag))
                .findFirst()
                .flatMap(this::compiled)
                .orElse(null);
    }

    /** Empty if the compiler or the GPU does not take it: cuDNN can do it, too. */
    private Optional<OwnConvolution> compiled(Tiling tiling) {
        try {
            return Optional.of(new OwnConvolution(tiling, compiler));
        } catch (CudaException unable) {
            return Optional.empty();
        }
    }

    private List<Tiling> tilings(ConvolutionShape shape, Pass pass, Format format) {
        return card.capability() >= OLDEST_CAPABILITY && Tiling.suits(shape, format)
                ? Tiling.all(shape, pass, card.multiprocessors())
                : List.of();
    }
}
