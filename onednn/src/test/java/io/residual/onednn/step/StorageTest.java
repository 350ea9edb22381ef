package io.residual.onednn.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.residual.onednn.OneDnn;
import io.residual.onednn.kernels.Precision;
import io.residual.program.Program;
import io.residual.program.ProgramReader;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** A network that pools its images, and whose logits are pooled. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class StorageTest {
    private static final int PIXELS = 8;
    private static final int CHANNELS = 16;
    private ComputationGraphConfiguration network;
    private Program program;

    @BeforeEach
    void read() throws UnsupportedNetworkException {
        network = new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(PIXELS, PIXELS, CHANNELS))
                .addLayer(
                        "small",
                        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                                .kernelSize(2, 2)
                                .stride(2, 2)
                                .build(),
                        "image")
                .addLayer("conv", convolution(3, 32), "small")
                .addLayer(
                        "norm",
                        new BatchNormalization.Builder().useLogStd(false).build(),
                        "conv")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "norm")
                .addLayer("classes", convolution(1, 10), "relu")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "classes")
                .addLayer(
                        "softmax",
                        new LossLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pool")
                .setOutputs("softmax")
                .build();
        program = ProgramReader.read(network, InputType.convolutional(PIXELS, PIXELS, CHANNELS), norm -> true);
    }

    private static ConvolutionLayer convolution(int size, int width) {
        return new ConvolutionLayer.Builder(size, size)
                .nOut(width)
                .activation(Activation.IDENTITY)
                .build();
    }

    @Test
    void images_logits_and_what_is_pooled_from_or_to_them_have_32_bits() {
        Storage storage = new Storage(program, Precision.BF16);

        for (int i = 0; i < program.values().size(); i++) {
            Program.Value value = program.value(i);
            boolean inside = value.vertex().matches("conv|norm|relu");
            assertThat(storage.of(i)).as(value.vertex()).isEqualTo(inside ? Precision.BF16 : Precision.F32);
            assertThat(storage.bytes(i)).isEqualTo(value.size() * (inside ? 2L : 4L));
        }
    }

    @Test
    void a_step_of_them_has_the_loss_of_32_bits() {
        ComputationGraph graph = new ComputationGraph(OneDnn.accelerate(network.clone()));
        graph.init();
        Nd4j.getRandom().setSeed(4);
        INDArray images = Nd4j.rand(DataType.FLOAT, 20, CHANNELS, PIXELS, PIXELS);
        INDArray labels = CompiledStepTest.labels(20);
        Workers workers = new Workers(2);

        double exact = new CompiledStep(program, graph, Precision.F32, workers)
                .gradient(images, labels)
                .loss();
        INDArray gradient = graph.getFlattenedGradients().dup();
        double rounded = new CompiledStep(program, graph, Precision.BF16, workers)
                .gradient(images, labels)
                .loss();

        assertThat(rounded).isCloseTo(exact, offset(1e-2 * exact));
        double distance = graph.getFlattenedGradients().distance2(gradient);
        assertThat(distance).isLessThan(0.1 * gradient.norm2Number().doubleValue());
    }
}
