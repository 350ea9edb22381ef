package io.residual.onednn.kernels;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/** How primitives are to run: with working memory of ours, and with what is fused behind them. */
final class Attributes {
    private Attributes() {}

    static primitive_attr plain() {
        var attributes = new primitive_attr();
        // oneDNN's own scratchpads belong to threads; ours may be freed by any.
        attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
        return attributes;
    }

    static primitive_attr with(Epilogue epilogue) {
        return with(new post_ops(), epilogue);
    }

    /** The result plus another array of that layout, then the epilogue. */
    static primitive_attr withSum(memory.desc other, Epilogue epilogue) {
        var operations = new post_ops();
        operations.append_binary(dnnl.algorithm.binary_add, other);
        return with(operations, epilogue);
    }

    private static primitive_attr with(post_ops operations, Epilogue epilogue) {
        if (epilogue == Epilogue.RELU) {
            operations.append_eltwise(dnnl.algorithm.eltwise_relu, 0, 0);
        }
        var attributes = plain();
        attributes.set_post_ops(operations);
        return attributes;
    }
}
