package io.residual.onednn.kernels;

import com.google.flatbuffers.FlatBufferBuilder;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.BaseNDArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A gradient of shape [N, C, H, W] in the order N, H, W, C to which the graph may add those of other consumers.
 *
 * <p>Where an activation has several consumers, {@code ComputationGraph} calls {@code addi} on the first gradient. ND4J
 * adds two arrays element by element unless their memory is in c or f order, ten times as slow as need be.
 */
@SuppressWarnings("overrides") // ND4J overrides varargs by arrays
final class NhwcGradient extends BaseNDArray {
    NhwcGradient(DataBuffer buffer, long[] shape, long[] strides, long offset) {
        super(buffer, shape, strides, offset, 'c');
    }

    @Override
    public INDArray addi(INDArray other) {
        if (other.length() == length() && Nhwc.isDense(other) && other.equalShapes(this)) {
            ElementwiseKernels.addInto(this, other);
            return this;
        }
        return super.addi(other);
    }

    private INDArray plain() {
        return Nd4j.create(data(), shape(), stride(), 0, ordering());
    }

    @Override
    public INDArray unsafeDuplication() {
        return plain().unsafeDuplication();
    }

    @Override
    public INDArray unsafeDuplication(boolean blocking) {
        return plain().unsafeDuplication(blocking);
    }

    @Override
    public LongShapeDescriptor shapeDescriptor() {
        return plain().shapeDescriptor();
    }

    @Override
    public String getString(long index) {
        throw new UnsupportedOperationException("an array of floats holds no strings");
    }

    @Override
    protected int stringBuffer(FlatBufferBuilder builder, DataBuffer buffer) {
        throw new UnsupportedOperationException("an array of floats holds no strings");
    }
}
