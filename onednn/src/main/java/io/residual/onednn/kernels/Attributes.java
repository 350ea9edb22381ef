package io.residual.onednn.kernels;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/** How primitives are to run: with working memory of ours, and with what is fused behind them. */
final class Attributes {
    private static final float SLOPE = 1e-20f;

    private Attributes() {}

    static primitive_attr plain() {
        var attributes = new primitive_attr();
        // oneDNN's own scratchpads belong to threads; ours may be freed by any.
        attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
        return attributes;
    }

    static primitive_attr with(Epilogue epilogue) {
        var operations = new post_ops();
        if (epilogue == Epilogue.RELU) {
            operations.append_eltwise(dnnl.algorithm.eltwise_relu, 0, 0);
        }
        var attributes = plain();
        attributes.set_post_ops(operations);
        return attributes;
    }

    /**
     * The epilogue of an operation in inference. oneDNN's ReLU makes 0 of NaN, which must reach the output instead: that of
     * floats is a leaky one here, whose slope is below all rounding. Only minus infinity stays what it is.
     */
    static void append(post_ops operations, Epilogue epilogue, NumberType out) {
        if (epilogue == Epilogue.RELU) {
            operations.append_eltwise(dnnl.algorithm.eltwise_relu, out.isInteger() ? 0 : SLOPE, 0);
        }
    }
}
