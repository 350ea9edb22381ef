package io.residual.onednn.kernels;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Copies images of floats in any order of their axes to the order N, H, W, C, as numbers of any type. */
public final class ImageCopy {
    private final Kernel kernel;
    private final @Nullable FloatPointer step;

    /**
     * A copy of images.
     *
     * @param strides of the axes N, C, H, W
     * @param step what an integer stands for; unused for floats
     */
    public ImageCopy(Nhwc.Dims dims, long[] strides, NumberType to, float step) {
        var from = new memory.desc(dims.shape(), memory.data_type.f32, strides);
        var target = dims.description(to.code());
        var attributes = Attributes.plain();
        if (to.isInteger()) {
            attributes.set_scales_mask(dnnl.DNNL_ARG_DST, 0);
            this.step = new FloatPointer(step);
        } else {
            this.step = null;
        }
        var description = new org.bytedeco.dnnl.reorder.primitive_desc(
                PrimitiveCache.engine(), from, PrimitiveCache.engine(), target, attributes, false);
        kernel = Kernel.of(
                new org.bytedeco.dnnl.reorder(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_FROM, from),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, target),
                to.isInteger()
                        ? new Kernel.Argument(
                                dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_DST,
                                new memory.desc(new long[] {1}, memory.data_type.f32, memory.format_tag.a))
                        : null);
    }

    public void run(Pointer from, Pointer to) {
        PrimitiveCache.ofThisThread().run(kernel, from, to, step);
    }

    public void close() {
        kernel.close();
    }
}
