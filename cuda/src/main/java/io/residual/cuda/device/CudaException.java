package io.residual.cuda.device;

/** A GPU or a library for it that cannot be used, with what can be done about it in one line. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** What went wrong. */
    public enum Kind {
        NO_DRIVER,
        /** The driver knows no CUDA of the libraries' version. */
        OLD_DRIVER,
        NO_LIBRARY,
        /** No GPU, or none of that number. */
        NO_GPU,
        /** Its compute capability is too low. */
        OLD_GPU,
        OUT_OF_MEMORY,
        /** A call that should have worked. */
        FAILED
    }

    public CudaException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
