package io.residual.onednn;

import io.residual.onednn.kernels.Precision;
import io.residual.onednn.kernels.PrimitiveCache;
import io.residual.onednn.layers.Acceleration;
import io.residual.program.Program;
import java.util.Locale;
import java.util.function.Predicate;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs the convolutional part of Deeplearning4j's networks on oneDNN.
 *
 * <pre>{@code
 * var graph = new ComputationGraph(OneDnn.accelerate(configuration));
 * graph.init();
 * graph.fit(data);
 * }</pre>
 *
 * <p>Deeplearning4j computes a convolution by copying every patch of the image into a matrix, and its own calls of oneDNN
 * do not work in 1.0.0-M2.1. The accelerated network has the same vertices, parameters and results (within rounding),
 * and is used, listened to and saved as any other.
 *
 * <p>Two things differ. A ReLU is done by the vertex before it where only it uses that vertex's output: a batch
 * normalization or convolution with ReLU keeps its own name, a sum with ReLU takes the name of the ReLU. And the gradient
 * with respect to the network's input is not computed where a convolution alone has that input.
 *
 * <p>Full speed needs {@code -Dorg.bytedeco.javacpp.maxphysicalbytes=0} (else each allocation of memory counts that of the
 * process), {@code OMP_PROC_BIND=true} and {@link #limitBlas}; {@code OMP_NUM_THREADS} sets the number of threads. Networks in several threads
 * do not disturb each other; one network is for one thread at a time, as always in Deeplearning4j.
 */
public final class OneDnn {
    private OneDnn() {}

    /** Whether this works here, and why not where it does not. Never throws. */
    public static Availability availability() {
        return Probe.RESULT;
    }

    /**
     * A configuration of the same network in which oneDNN does what it can; the given one stays as it is. A layer or
     * vertex of which not every setting is covered is left as it is: other activations than identity and ReLU, dropout,
     * weight noise, NHWC data, locked gamma and beta, subclasses.
     *
     * @param stock of 32-bit floats; others come back as they are
     */
    public static ComputationGraphConfiguration accelerate(ComputationGraphConfiguration stock) {
        return accelerate(stock, normalization -> false);
    }

    /**
     * As {@link #accelerate(ComputationGraphConfiguration)}, for networks some of whose batch normalizations average the
     * unbiased variance of the batch, as PyTorch does.
     *
     * @param isUnbiased for which batch normalizations that is so, among them subclasses, which are left as they are
     *     otherwise
     */
    public static ComputationGraphConfiguration accelerate(
            ComputationGraphConfiguration stock, Predicate<? super BatchNormalization> isUnbiased) {
        return accelerate(stock, isUnbiased, Precision.F32);
    }

    /** As {@link #accelerate(ComputationGraphConfiguration, Predicate)}, with convolutions in that precision. */
    public static ComputationGraphConfiguration accelerate(
            ComputationGraphConfiguration stock,
            Predicate<? super BatchNormalization> isUnbiased,
            Precision precision) {
        return Acceleration.of(stock, isUnbiased, precision);
    }

    /**
     * Gives BLAS one thread, in the whole process. With more, its threads go on spinning for a while after each call, on the
     * cores that oneDNN's need: the few small products and sums that are left to BLAS then make small networks take up to 1.6
     * times as long. Not for programs that multiply large matrices in ND4J beside, or convolve by Deeplearning4j's own kernels.
     *
     * @return the number of threads that it had
     */
    public static int limitBlas() {
        Blas blas = Nd4j.factory().blas();
        int before = blas.getMaxThreads();
        blas.setMaxThreads(1);
        return before;
    }

    /**
     * Copies all parameters, running statistics among them, bit by bit. Stock and accelerated networks hold them in
     * different orders, so {@code to.setParams(from.params())} would be wrong.
     *
     * @throws IllegalArgumentException where the parameters differ in name or shape
     */
    public static void copyParameters(ComputationGraph from, ComputationGraph to) {
        ParameterCopy.parameters(from, to);
    }

    /**
     * Copies the updater's state (momenta and the like), bit by bit.
     *
     * @throws IllegalArgumentException where the two networks' updaters differ
     */
    public static void copyUpdaterState(ComputationGraph from, ComputationGraph to) {
        ParameterCopy.updaterState(from, to);
    }

    /**
     * A fast form of a network for inference, which follows that network's parameters.
     *
     * @param program read from the network's configuration before {@link #accelerate}; a network that has none predicts itself
     * @param network whose parameters are used, initialised
     */
    public static InferenceGraph inference(Program program, ComputationGraph network) {
        return new InferenceGraph(program, network);
    }

    /** Loads the library at the first question. */
    private static final class Probe {
        static final Availability RESULT = probe();

        private Probe() {}

        private static Availability probe() {
            try {
                var executioner = Nd4j.getExecutioner().type();
                if (executioner != OpExecutioner.ExecutionerType.NATIVE_CPU) {
                    return new Availability.Unavailable(
                            "oneDNN speeds up networks on the CPU, but ND4J's backend is " + executioner);
                }
                PrimitiveCache.engine();
                var version = dnnl.dnnl_version();
                return new Availability.Available(
                        version.major() + "." + version.minor() + "." + version.patch(),
                        String.format(Locale.ROOT, "0x%x", dnnl.dnnl_get_effective_cpu_isa()));
            } catch (LinkageError | RuntimeException e) {
                return new Availability.Unavailable("oneDNN does not load on " + System.getProperty("os.name") + ' '
                        + System.getProperty("os.arch") + " (" + e
                        + "). Are dnnl and opencl for this system on the class path?");
            }
        }
    }
}
