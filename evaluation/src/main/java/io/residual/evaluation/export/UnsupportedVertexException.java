package io.residual.evaluation.export;

/** A vertex of a network for which there is no ONNX node here. */
final class UnsupportedVertexException extends RuntimeException {
    /**
     * Names the vertex and what of it is unknown.
     *
     * @param what the layer, vertex, activation or mode
     */
    UnsupportedVertexException(String vertex, Object what) {
        super(vertex + ": no ONNX counterpart of "
                + (what instanceof Enum<?> ? what : what.getClass().getSimpleName()) + " is known");
    }
}
