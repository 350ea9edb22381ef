package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.Optional;
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
    /** System property by which a build says which backend it was made for, "cpu" or "cuda". */
    private static final String WANTED = "residual.backend";

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
        if (wanted.isPresent() && !wanted.get().equalsIgnoreCase(backend.name())) {
            throw new ResidualException(
                    Kind.NO_BACKEND,
                    "the backend " + wanted.get() + " was asked for, but " + backend.name()
                            + " is on the class path: build with "
                            + (wanted.get().equals("cuda") ? "" : "no ") + "-Pcuda");
        }
        return backend;
    }

    private static String absent(Optional<String> wanted, Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = root.toString().lines().findFirst().orElse("");
        return wanted.equals(Optional.of("cuda"))
                ? "the CUDA backend cannot be loaded (" + reason
                        + "): it needs an NVIDIA GPU with its driver, CUDA 11.6 and cuDNN 8.3; or use the CPU, without"
                        + " -Pcuda and RESIDUAL_BACKEND"
                : "no backend can be loaded (" + reason + "): are the natives of this system on the class path?";
    }

    private static Backend load(String kernels) {
        ThreadVariables.check(System.getenv());
        return new Backend(
                Nd4j.getEnvironment().isCPU() ? "CPU" : "CUDA",
                Nd4j.getBackend().getClass().getName(),
                Math.max(1, Nd4j.getEnvironment().maxThreads()),
                kernels);
    }
}
