package io.residual.cuda.step;

import io.residual.cuda.device.Format;
import io.residual.program.Operation;
import io.residual.program.Operation.Convolve;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program whose first convolution reads images of few channels in a form that tensor cores can use: for each position of its
 * output and each row of the image, the pixels under a row of the window are the channels. What remains is a convolution
 * of one column, of at least {@value #CHANNELS} channels.
 *
 * @param program that is executed
 * @param original the program as it was, whose input the images have
 * @param convolution the first convolution as it was, or none if nothing is changed
 */
record WideInput(
        Program program, Program original, @Nullable Convolve convolution) {
    /** What tensor cores read at once. */
    private static final int CHANNELS = 8;

    private static final int MAX_CHANNELS = 32;

    static WideInput of(Program program, Format format) {
        List<Operation> readers = program.operations().stream()
                .filter(operation -> operation.inputs().contains(program.input()))
                .toList();
        if (format == Format.F32
                || readers.size() != 1
                || !(readers.get(0) instanceof Convolve convolve)
                || program.value(program.input()).channels() >= CHANNELS
                || width(program, convolve) > MAX_CHANNELS) {
            return new WideInput(program, program, null);
        }
        Value input = program.value(program.input());
        List<Value> values = new ArrayList<>(program.values());
        values.set(
                program.input(),
                new Value(
                        input.vertex(),
                        width(program, convolve),
                        input.height(),
                        program.value(convolve.out()).width()));
        List<Operation> operations = new ArrayList<>(program.operations());
        operations.set(
                operations.indexOf(convolve),
                new Convolve(
                        convolve.layer(),
                        convolve.in(),
                        convolve.out(),
                        new Window(convolve.window().rows(), new Window.Axis(1, 1, 1, 0, 0)),
                        convolve.biased()));
        return new WideInput(new Program(values, operations, program.input(), program.logits()), program, convolve);
    }

    private static int width(Program program, Convolve convolve) {
        int numbers = program.value(program.input()).channels()
                * convolve.window().columns().size();
        return (numbers + CHANNELS - 1) / CHANNELS * CHANNELS;
    }

    /** How many numbers on the device stand for a row of a convolution's window. */
    int rowLength(Convolve of) {
        return convolution != null && of.layer().equals(convolution.layer())
                ? width(original, of)
                : original.value(of.in()).channels() * of.window().columns().size();
    }
}
