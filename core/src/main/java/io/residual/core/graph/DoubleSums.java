package io.residual.core.graph;

import com.google.flatbuffers.FlatBufferBuilder;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.BaseNDArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The input of a batch norm, whose means are summed in double precision: ND4J sums tens of thousands of floats one by one, which
 * is wrong in the fifth digit where many are equal, as on the constant background of an image. Its variances are exact.
 */
@SuppressWarnings("overrides") // ND4J overrides varargs by arrays
final class DoubleSums extends BaseNDArray {
    DoubleSums(INDArray array) {
        super(array.data(), array.shape(), array.stride(), array.offset(), array.ordering());
    }

    @Override
    public INDArray mean(int... dimensions) {
        return castTo(DataType.DOUBLE).mean(dimensions).castTo(dataType());
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
