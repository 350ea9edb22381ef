package io.residual.evaluation.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.protobuf.ByteString;

/** Adds nodes and weights to an ONNX graph. A node has the name of its only output. */
final class OnnxNodes {
    private final GraphProto.Builder graph;

    OnnxNodes(GraphProto.Builder graph) {
        this.graph = graph;
    }

    /** Adds a node; its attributes follow by the builder's methods. */
    Node add(String operator, String output, List<String> inputs) {
        return new Node(graph.addNodeBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output));
    }

    /** Adds weights of 32-bit floats, and returns their name. */
    String weights(String name, INDArray array, long... shape) {
        return weights(name, floats(array), shape);
    }

    /** The values of an array, in C order; a copy. */
    static float[] floats(INDArray array) {
        // Not ravel: it fails on some views.
        return array.dup('c').data().asFloat();
    }

    /** Adds weights of 32-bit floats, and returns their name. */
    String weights(String name, float[] values, long... shape) {
        ByteBuffer bytes = buffer(Math.multiplyExact(values.length, Float.BYTES));
        bytes.asFloatBuffer().put(values);
        return raw(name, TensorProto.DataType.FLOAT_VALUE, bytes, shape);
    }

    /** Adds 32-bit integers, and returns their name. */
    String integers(String name, int[] values, long... shape) {
        ByteBuffer bytes = buffer(Math.multiplyExact(values.length, Integer.BYTES));
        bytes.asIntBuffer().put(values);
        return raw(name, TensorProto.DataType.INT32_VALUE, bytes, shape);
    }

    /** Adds 64-bit integers, and returns their name. */
    String longs(String name, long... values) {
        ByteBuffer bytes = buffer(Math.multiplyExact(values.length, Long.BYTES));
        bytes.asLongBuffer().put(values);
        return raw(name, TensorProto.DataType.INT64_VALUE, bytes, values.length);
    }

    /** Adds integers from -128 to 127, and returns their name. */
    String bytes(String name, byte[] values, long... shape) {
        return raw(name, TensorProto.DataType.INT8_VALUE, ByteBuffer.wrap(values), shape);
    }

    /** Adds one integer from 0 to 255, and returns its name. */
    String unsigned(String name, int value) {
        return raw(name, TensorProto.DataType.UINT8_VALUE, ByteBuffer.wrap(new byte[] {(byte) value}));
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private String raw(String name, int type, ByteBuffer bytes, long... shape) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(type).setRawData(ByteString.copyFrom(bytes));
        Arrays.stream(shape).forEach(tensor::addDims);
        graph.addInitializer(tensor);
        return name;
    }

    /** A node that was added. */
    static final class Node {
        private final NodeProto.Builder node;

        private Node(NodeProto.Builder node) {
            this.node = node;
        }

        Node with(String attribute, long value) {
            node.addAttribute(AttributeProto.newBuilder()
                    .setName(attribute)
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(value));
            return this;
        }

        Node with(String attribute, float value) {
            node.addAttribute(AttributeProto.newBuilder()
                    .setName(attribute)
                    .setType(AttributeProto.AttributeType.FLOAT)
                    .setF(value));
            return this;
        }

        Node with(String attribute, String value) {
            node.addAttribute(AttributeProto.newBuilder()
                    .setName(attribute)
                    .setType(AttributeProto.AttributeType.STRING)
                    .setS(ByteString.copyFromUtf8(value)));
            return this;
        }

        Node withEach(String attribute, long... values) {
            AttributeProto.Builder list =
                    AttributeProto.newBuilder().setName(attribute).setType(AttributeProto.AttributeType.INTS);
            Arrays.stream(values).forEach(list::addInts);
            node.addAttribute(list);
            return this;
        }
    }
}
