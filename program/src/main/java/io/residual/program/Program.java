package io.residual.program;

import java.util.List;

/**
 * The forward pass of a classifier as a list of operations. Whoever executes it derives the backward pass; nothing here
 * depends on a device or a library of kernels.
 *
 * @param values images in and between the operations, and the logits
 * @param operations in an order in which every value is written before it is read
 * @param input the value that is the network's input
 * @param logits the value whose mean softmax cross entropy is the loss, of height and width 1
 */
public record Program(List<Value> values, List<Operation> operations, int input, int logits) {
    public Program {
        values = List.copyOf(values);
        operations = List.copyOf(operations);
    }

    /** Shape of one image of a batch, under the name of the vertex that Deeplearning4j computes it by. */
    public record Value(String vertex, int channels, int height, int width) {
        public int positions() {
            return height * width;
        }

        /** How many numbers an image has. */
        public int size() {
            return channels * height * width;
        }
    }

    public Value value(int index) {
        return values.get(index);
    }
}
