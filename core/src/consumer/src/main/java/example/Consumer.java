package example;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.ShapeTable;
import io.residual.core.graph.ResNetGraph;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Builds a narrow ResNet-18 and prints its shapes and one prediction. */
public final class Consumer {
    private Consumer() {}

    public static void main(String[] args) {
        ResNetSpec spec = ResNetSpec.resNet(18, Flavour.TORCHVISION)
                .withWidth(8)
                .withInput(new ImageShape(3, 32, 32))
                .withClasses(4);
        System.out.print(ShapeTable.of(spec));

        ComputationGraph graph = new ComputationGraph(ResNetGraph.configuration(spec, new Sgd(0.05), 42));
        graph.init();
        INDArray probabilities = graph.outputSingle(Nd4j.rand(1, 3, 32, 32));
        System.out.println("Class " + probabilities.argMax(1).getInt(0) + " of " + probabilities.columns()
                + ", probability " + probabilities.maxNumber());
    }
}
