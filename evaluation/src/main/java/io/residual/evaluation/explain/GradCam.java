package io.residual.evaluation.explain;

import io.residual.core.VertexPaths;
import io.residual.training.network.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Grad-CAM of the last residual stage (R. R. Selvaraju et al., <i>Grad-CAM: Visual Explanations from Deep Networks via
 * Gradient-based Localization</i>, ICCV 2017, equations 1 and 2): which places of the last activations support a class.
 *
 * <p>Grad-CAM weighs the channels A_k of the activations, of Z places each, by the mean gradient of the class' logit,
 * a_k = (1/Z) * sum over i, j of dy / dA_k[i, j], and takes the positive part of their sum: ReLU(sum over k of a_k * A_k).
 * Behind the last stage there are only the mean over the places and the dense layer {@code fc}, so that
 * y = sum over k of w_k * (1/Z) * sum over i, j of A_k[i, j] + b. Its gradient is w_k / Z at every place, and so is
 * a_k: no backward pass is needed. (But for the factor 1/Z this is CAM; B. Zhou et al., <i>Learning Deep Features for
 * Discriminative Localization</i>, CVPR 2016.)
 *
 * <p>The grid is as fine as the last stage: 3 x 3 for the book's network at 96 pixels, and a single place at 28.
 *
 * <p>The map of an ensemble is the mean of its networks' maps.
 *
 * <p>Not safe for use by several threads, as the network is not.
 */
public final class GradCam {
    private final List<ComputationGraph> graphs;

    private GradCam(List<ComputationGraph> graphs) {
        this.graphs = List.copyOf(graphs);
    }

    /** The mean maps of networks that differ in their weights alone: those that they have when maps are computed. */
    public static GradCam of(List<Network> networks) {
        return new GradCam(networks.stream().map(Network::graph).toList());
    }

    /**
     * A map for each image.
     *
     * @param images pixels in [0, 1], [N, channels, height, width]
     * @param classes the class to look for in each image, N numbers in [0, classes)
     */
    public List<HeatGrid> of(INDArray images, int... classes) {
        if (images.size(0) != classes.length) {
            throw new IllegalArgumentException(classes.length + " classes do not match " + images.size(0) + " images");
        }
        List<List<HeatGrid>> maps =
                graphs.stream().map(graph -> of(graph, images, classes)).toList();
        return IntStream.range(0, classes.length)
                .mapToObj(
                        i -> HeatGrid.mean(maps.stream().map(all -> all.get(i)).toList()))
                .toList();
    }

    private static List<HeatGrid> of(ComputationGraph graph, INDArray images, int... classes) {
        Map<String, List<String>> inputs = graph.getConfiguration().getVertexInputs();
        // Looked up by its consumer: kernels that merge two vertices keep only one of the names.
        String lastStage = Objects.requireNonNull(inputs.get(VertexPaths.POOL)).get(0);
        INDArray activations = Objects.requireNonNull(
                graph.feedForward(new INDArray[] {images}, false).get(lastStage));
        // [features, classes]
        float[][] dense = graph.getLayer(VertexPaths.DENSE).getParam("W").toFloatMatrix();
        List<HeatGrid> grids = new ArrayList<>();
        for (int i = 0; i < classes.length; i++) {
            grids.add(grid(activations.slice(i), dense, classes[i]));
        }
        return grids;
    }

    /**
     * One map.
     *
     * @param activations [channels, rows, columns]
     */
    private static HeatGrid grid(INDArray activations, float[][] dense, int ofClass) {
        int rows = Math.toIntExact(activations.size(1));
        int columns = Math.toIntExact(activations.size(2));
        int places = rows * columns;
        float[] flat = activations.dup('c').data().asFloat();
        float[] heat = new float[places];
        for (int place = 0; place < places; place++) {
            double sum = 0;
            for (int channel = 0; channel < dense.length; channel++) {
                sum += (double) dense[channel][ofClass] * flat[channel * places + place];
            }
            heat[place] = (float) Math.max(0, sum / places);
        }
        return new HeatGrid(rows, columns, heat);
    }
}
