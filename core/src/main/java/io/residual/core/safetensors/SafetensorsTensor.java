package io.residual.core.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One tensor of a {@link SafetensorsFile}. Elements are in C order, the last axis fastest. The accessors copy out of the
 * mapped file and only widen: a value is either exact or refused.
 */
public final class SafetensorsTensor {
    private static final int MAX_ND4J_AXES = 32;

    private final String where;
    private final String name;
    private final DType dtype;
    private final List<Long> shape;
    private final ByteBuffer data;

    SafetensorsTensor(String where, String name, DType dtype, List<Long> shape, ByteBuffer data) {
        this.where = where;
        this.name = name;
        this.dtype = dtype;
        this.shape = shape;
        this.data = data;
    }

    public String name() {
        return name;
    }

    public DType dtype() {
        return dtype;
    }

    /** Returns the lengths of the axes, outermost first; empty for a scalar. */
    public List<Long> shape() {
        return shape;
    }

    /** Returns the number of elements. */
    public int size() {
        return data.remaining() / dtype.bytes();
    }

    /** Returns the stored bytes without copying them: read-only and little-endian, position 0. */
    public ByteBuffer bytes() {
        return data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Returns this tensor if it has the given shape.
     *
     * @throws SafetensorsException if the shape is another
     */
    public SafetensorsTensor ofShape(long... expected) throws SafetensorsException {
        List<Long> wanted = Header.shapeOf(expected);
        if (!shape.equals(wanted)) {
            throw error("expected shape " + Quoted.shape(wanted) + ", found " + Quoted.shape(shape));
        }
        return this;
    }

    /**
     * Returns a copy of the elements of an F32, F16 or BF16 tensor.
     *
     * @throws SafetensorsException if the tensor is of another type
     */
    public float[] floats() throws SafetensorsException {
        ByteBuffer in = bytes();
        float[] out = new float[size()];
        if (dtype == DType.F32) {
            in.asFloatBuffer().get(out);
            return out;
        }
        if (dtype != DType.F16 && dtype != DType.BF16) {
            throw error("expected F32, F16 or BF16, found " + dtype);
        }
        for (int i = 0; i < out.length; i++) {
            out[i] = dtype == DType.F16 ? ofHalf(in.getShort()) : Float.intBitsToFloat(in.getShort() << 16);
        }
        return out;
    }

    /**
     * Returns a copy of the elements of an F64, F32, F16 or BF16 tensor.
     *
     * @throws SafetensorsException if the tensor is of another type
     */
    public double[] doubles() throws SafetensorsException {
        double[] out = new double[size()];
        switch (dtype) {
            case F64 -> bytes().asDoubleBuffer().get(out);
            case F32, F16, BF16 -> {
                float[] narrow = floats();
                for (int i = 0; i < out.length; i++) {
                    out[i] = narrow[i];
                }
            }
            default -> throw error("expected F64, F32, F16 or BF16, found " + dtype);
        }
        return out;
    }

    /**
     * Returns a copy of the elements of an I64, I32, I16, I8, U32, U16 or U8 tensor.
     *
     * @throws SafetensorsException if the tensor is of another type
     */
    public long[] longs() throws SafetensorsException {
        if (!dtype.isInteger()) {
            throw error("expected an integer type, found " + dtype);
        }
        ByteBuffer in = bytes();
        long[] out = new long[size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = switch (dtype) {
                case I32 -> in.getInt();
                case I16 -> in.getShort();
                case I8 -> in.get();
                case U32 -> Integer.toUnsignedLong(in.getInt());
                case U16 -> Short.toUnsignedLong(in.getShort());
                case U8 -> Byte.toUnsignedLong(in.get());
                default -> in.getLong();
            };
        }
        return out;
    }

    /**
     * Returns a copy of the elements of a BOOL tensor.
     *
     * @throws SafetensorsException if the tensor is of another type, or a byte is neither 0 nor 1
     */
    public boolean[] booleans() throws SafetensorsException {
        if (dtype != DType.BOOL) {
            throw error("expected BOOL, found " + dtype);
        }
        boolean[] out = new boolean[size()];
        for (int i = 0; i < out.length; i++) {
            byte value = data.get(i);
            if (value != 0 && value != 1) {
                throw error("element " + i + " is not a BOOL: its byte is " + Byte.toUnsignedInt(value));
            }
            out[i] = value == 1;
        }
        return out;
    }

    /**
     * Returns a copy as an array of the same shape, in C order: of type FLOAT (from F32, F16 or BF16), DOUBLE, BOOL, or
     * LONG (from any integer type). Needs an ND4J backend on the class path.
     *
     * @throws SafetensorsException if there are more than the 32 axes of ND4J, or no elements
     */
    public INDArray toArray() throws SafetensorsException {
        requireArrayShape();
        INDArray flat = switch (dtype) {
            case F32, F16, BF16 -> Nd4j.createFromArray(floats());
            case F64 -> Nd4j.createFromArray(doubles());
            case BOOL -> Nd4j.createFromArray(booleans());
            case I64, I32, I16, I8, U32, U16, U8 -> Nd4j.createFromArray(longs());
        };
        return shaped(flat);
    }

    private void requireArrayShape() throws SafetensorsException {
        if (shape.size() > MAX_ND4J_AXES) {
            throw error("an array has at most " + MAX_ND4J_AXES + " axes, found " + shape.size());
        }
        if (size() == 0) {
            throw error("shape " + Quoted.shape(shape) + " has no elements to make an array of");
        }
    }

    private INDArray shaped(INDArray flat) {
        return flat.reshape('c', shape.stream().mapToLong(Long::longValue).toArray());
    }

    /**
     * Returns a copy of a tensor of floating-point numbers as an array of type FLOAT; F64 is rounded.
     *
     * @throws SafetensorsException as {@link #toArray}, or if the tensor is of another type, or an element is NaN or infinite
     *     or too large for FLOAT
     */
    public INDArray toFiniteFloats() throws SafetensorsException {
        requireArrayShape();
        float[] values = dtype == DType.F64 ? rounded(doubles()) : floats();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw error("element " + i + " is " + values[i]
                        + ", no finite 32-bit number: the file is damaged, or its training diverged");
            }
        }
        return shaped(Nd4j.createFromArray(values));
    }

    private static float[] rounded(double[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }

    /** Widens an IEEE 754 binary16: 1 bit of sign, 5 of exponent (bias 15), 10 of fraction. Java has this from 20 on. */
    private static float ofHalf(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            // Subnormal or zero: a multiple of 2^-24, exact in binary32.
            return Math.copySign(fraction * 0x1p-24f, Float.intBitsToFloat(sign | 1));
        }
        int widened = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
    }

    private SafetensorsException error(String what) {
        return new SafetensorsException(where + ": tensor " + Quoted.name(name) + ": " + what);
    }

    @Override
    public String toString() {
        return Quoted.name(name) + " " + dtype + " " + Quoted.shape(shape);
    }
}
