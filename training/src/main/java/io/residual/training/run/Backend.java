package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.nvidia.Card;
import io.residual.cuda.nvidia.Installation;
import io.residual.training.network.KernelChoice;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The backend that computes the arrays.
 *
 * @param name "CPU" or "CUDA"
 * @param type class of ND4J's backend
 * @param threads maximum threads of one operation, at least 1
 * @param kernels what computes convolutions and their like
 */
public record Backend(String name, String type, int threads, String kernels) {
    /** System property by which a build says which backend it was made for, "cpu" or "nd4j-cuda". */
    private static final String WANTED = "residual.backend";

    private static final String CUDA_BUILD = "nd4j-cuda";
    private static final String CUDA = "CUDA";
    /** A class of ND4J's CUDA backend. */
    private static final String CUDA_FILE = "org/nd4j/linalg/jcublas/JCublasBackend.class";
    /** Of Ada, which executes the machine code for Ampere's 8.6. There is none for newer GPUs, and no PTX. */
    private static final int NEWEST_CAPABILITY = 89;

    public Backend {
        if (!(threads >= 1)) {
            throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        }
    }

    /**
     * The backend of this process; loads it if nothing has yet.
     *
     * @throws ResidualException of kind NO_BACKEND if none can be loaded, or not the one that the build asked for
     */
    public static Backend current(String kernels) {
        return current(wanted(), () -> load(kernels));
    }

    /**
     * Loads the backend before anything else asks for it, so that its absence is reported once, before anything else.
     *
     * @throws ResidualException of kind NO_BACKEND if none can be loaded, or not the one that the build asked for; of kind
     *     BAD_SETTING if a variable of the environment would crash it
     */
    public static void require() {
        current(wanted(), () -> load("none yet"));
    }

    /**
     * As {@link #require()}, and loads the kernels, while another thread reads what needs neither, such as images.
     *
     * @return what was read
     * @throws ResidualException what {@link #require()} throws, else what the reading throws; of kind INTERRUPTED if this thread
     *     is interrupted
     */
    public static <T> T requireWhile(KernelChoice kernels, Supplier<T> reading) {
        FutureTask<T> read = new FutureTask<>(reading::get);
        Thread reader = new Thread(read, "residual-read");
        reader.setDaemon(true);
        reader.start();
        require();
        kernels.load();
        try {
            return read.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException thrown ? thrown : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ResidualException(Kind.INTERRUPTED, "interrupted while images were read", e);
        }
    }

    private static Optional<String> wanted() {
        return Optional.ofNullable(System.getProperty(WANTED));
    }

    static Backend current(Optional<String> wanted, Supplier<Backend> loader) {
        Backend backend;
        try {
            backend = loader.get();
        } catch (ResidualException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new ResidualException(Kind.NO_BACKEND, absent(wanted, e), e);
        }
        boolean forCuda = wanted.equals(Optional.of(CUDA_BUILD));
        if (wanted.isPresent() && forCuda != backend.name().equals(CUDA)) {
            throw new ResidualException(
                    Kind.NO_BACKEND,
                    "the backend " + wanted.get() + " was asked for, but " + backend.name()
                            + " is on the class path: build with " + (forCuda ? "" : "no ") + "-Pnd4j-cuda");
        }
        return backend;
    }

    /**
     * Refuses GPUs that ND4J has no machine code for, on which its first array ends in a stack trace.
     *
     * @param cards those that the driver sees
     * @throws ResidualException of kind NO_BACKEND
     */
    static void requireKnown(List<Card> cards) {
        cards.stream()
                .filter(card -> card.capability() > NEWEST_CAPABILITY)
                .findFirst()
                .ifPresent(card -> {
                    throw new ResidualException(
                            Kind.NO_BACKEND,
                            card.name() + " (cuda:" + card.index() + ") has compute capability " + card.version()
                                    + ", ND4J's CUDA backend knows 3.7 to 8.9: train with --device cuda, without"
                                    + " -Pnd4j-cuda and RESIDUAL_BACKEND");
                });
    }

    /** None if the driver is older than those that know newer GPUs, or missing, which ND4J reports. */
    private static List<Card> cards() {
        try {
            return Installation.findCards();
        } catch (CudaException e) {
            return List.of();
        }
    }

    private static String absent(Optional<String> wanted, Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = root.toString().lines().findFirst().orElse("");
        return wanted.equals(Optional.of(CUDA_BUILD))
                ? "ND4J's CUDA backend cannot be loaded (" + reason
                        + "): it needs an NVIDIA GPU of compute capability 3.7 to 8.9 with its driver, CUDA 11.6 and"
                        + " cuDNN 8.3; or compute without -Pnd4j-cuda and RESIDUAL_BACKEND, on the CPU or with"
                        + " --device cuda"
                : "no backend can be loaded (" + reason + "): are the natives of this system on the class path?";
    }

    private static Backend load(String kernels) {
        ThreadVariables.check(System.getenv());
        if (Backend.class.getClassLoader().getResource(CUDA_FILE) != null) {
            requireKnown(cards());
        }
        return new Backend(
                Nd4j.getEnvironment().isCPU() ? "CPU" : CUDA,
                Nd4j.getBackend().getClass().getName(),
                Math.max(1, Nd4j.getEnvironment().maxThreads()),
                kernels);
    }
}
