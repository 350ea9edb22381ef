package io.residual.core.weights;

import io.residual.core.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One file of PyTorch's numbers; {@code parity/generate.py} tells the names within. */
record Fixture(SafetensorsFile file) {
    static Fixture read(String name) {
        try {
            Path path = Path.of(Objects.requireNonNull(
                            Fixture.class.getResource("/io/residual/core/parity/" + name + ".safetensors"), name)
                    .toURI());
            return new Fixture(SafetensorsFile.read(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    INDArray array(String name) {
        try {
            return file.tensor(name).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A parameter or running statistic at a moment: {@code ""}, {@code "after1/"} or {@code "after5/"}. */
    INDArray state(String moment, NamedTensor tensor) {
        return array(moment + (tensor.trained() ? "param/" : "buffer/") + tensor.name());
    }

    /** The labels one-hot, [N, classes]. */
    INDArray labels(int classes) {
        INDArray labels = array("label");
        INDArray oneHot = Nd4j.zeros(labels.length(), classes);
        for (long i = 0; i < labels.length(); i++) {
            oneHot.putScalar(i, labels.getLong(i), 1);
        }
        return oneHot;
    }

    /** Whether a batch norm takes away what the tensor adds, so that its gradient is rounding: a bias in front of one. */
    boolean hasNoGradient(NamedTensor tensor) {
        return magnitude(array("train/grad/" + tensor.name())) < 1e-5 * largestGradient();
    }

    double largestGradient() {
        return file.names().stream()
                .filter(name -> name.startsWith("train/grad/"))
                .mapToDouble(name -> magnitude(array(name)))
                .max()
                .orElseThrow();
    }

    static double magnitude(INDArray array) {
        return array.amaxNumber().doubleValue();
    }

    static double distance(INDArray actual, INDArray expected) {
        return magnitude(actual.sub(expected));
    }

    /** The largest difference over the largest magnitude. */
    static double error(INDArray actual, INDArray expected) {
        return distance(actual, expected) / magnitude(expected);
    }
}
