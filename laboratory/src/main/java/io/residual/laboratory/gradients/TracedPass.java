package io.residual.laboratory.gradients;

import io.residual.core.VertexPaths;
import io.residual.laboratory.gradients.magnitudes.MemoryLayout;
import java.util.Map;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A forward and a backward pass in training mode that exposes everything vertices pass to each other. Deeplearning4j's own
 * passes keep gradients of activations to themselves and drop them on the way; this one calls the same vertices in the same
 * order. No parameter and no running statistic changes.
 *
 * <p>Gradients are those of the sum of the images' losses.
 */
final class TracedPass {
    private static final String WORKSPACE = "residual-traced-pass";
    private static final WorkspaceConfiguration SETTINGS = WorkspaceConfiguration.builder()
            .initialSize(0)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policySpill(SpillPolicy.EXTERNAL)
            .build();

    private final ComputationGraph graph;
    private final Watcher watcher;
    private final LayerWorkspaceMgr workspaces =
            LayerWorkspaceMgr.builder().defaultWorkspace(WORKSPACE, SETTINGS).build();
    private final INDArray[] outputs;
    /** Where nothing was handed back yet, null. */
    private final @Nullable INDArray[] gradients;

    /** What is shown of a pass. The arrays are those of the pass: to be read, and only during the call. */
    interface Watcher {
        /** The output of a vertex in the forward pass. */
        default void output(String vertex, INDArray output) {}

        /** The part of an input's gradient that comes from this vertex. */
        default void inputGradient(String from, String to, INDArray gradient) {}

        /** The whole gradient of a vertex' output, after all of its parts were handed back. */
        default void gradient(String vertex, INDArray gradient) {}

        /** The gradients of a vertex' parameters by their keys; those of running statistics are what is subtracted from them. */
        default void parameters(GraphVertex vertex, Map<String, INDArray> gradients) {}
    }

    private TracedPass(ComputationGraph graph, Watcher watcher) {
        this.graph = graph;
        this.watcher = watcher;
        this.outputs = new INDArray[graph.getVertices().length];
        this.gradients = new INDArray[outputs.length];
    }

    /**
     * Passes a batch through a network whose loss is that of {@link VertexPaths#SOFTMAX}.
     *
     * @return mean loss of the images, in nats
     */
    @SuppressWarnings("try") // the workspace is there to be active
    static double run(ComputationGraph graph, DataSet batch, Watcher watcher) {
        if (graph.getFlattenedGradients() == null) {
            graph.initGradientsView();
        }
        try (MemoryWorkspace scope = Nd4j.getWorkspaceManager().getAndActivateWorkspace(SETTINGS, WORKSPACE)) {
            TracedPass pass = new TracedPass(graph, watcher);
            pass.forward(batch);
            return pass.backward();
        } finally {
            graph.clearLayersStates();
        }
    }

    /** Gives the memory of this thread's passes back. */
    static void release() {
        if (Nd4j.getWorkspaceManager().checkIfWorkspaceExists(WORKSPACE)) {
            Nd4j.getWorkspaceManager().getWorkspaceForCurrentThread(WORKSPACE).destroyWorkspace(true);
        }
    }

    private void forward(DataSet batch) {
        graph.setInput(0, batch.getFeatures());
        for (int index : graph.topologicalSortOrder()) {
            GraphVertex vertex = graph.getVertices()[index];
            if (vertex.isInputVertex()) {
                outputs[index] = batch.getFeatures();
                continue;
            }
            VertexIndices[] inputs = vertex.getInputVertices();
            for (int i = 0; i < inputs.length; i++) {
                vertex.setInput(i, outputs[inputs[i].getVertexIndex()], workspaces);
            }
            if (vertex.hasLayer() && vertex.getLayer() instanceof IOutputLayer loss) {
                loss.setLabels(batch.getLabels());
            } else {
                outputs[index] = vertex.doForward(true, workspaces);
                watcher.output(vertex.getVertexName(), outputs[index]);
            }
        }
    }

    private double backward() {
        int[] order = graph.topologicalSortOrder();
        for (int i = order.length - 1; i >= 0; i--) {
            GraphVertex vertex = graph.getVertices()[order[i]];
            if (vertex.isInputVertex()) {
                continue;
            }
            if (!vertex.isOutputVertex()) {
                INDArray gradient = gradients[order[i]];
                if (gradient == null) { // behind a part that is frozen
                    continue;
                }
                watcher.gradient(vertex.getVertexName(), gradient);
                vertex.setEpsilon(gradient);
            }
            propagate(vertex);
        }
        IOutputLayer loss = (IOutputLayer) graph.getVertex(VertexPaths.SOFTMAX).getLayer();
        return loss.computeScore(0, true, workspaces);
    }

    private void propagate(GraphVertex vertex) {
        Pair<Gradient, INDArray[]> result = vertex.doBackward(false, workspaces);
        if (result.getFirst() != null && vertex.numParams() > 0) {
            watcher.parameters(vertex, result.getFirst().gradientForVariable());
        }
        VertexIndices[] inputs = vertex.getInputVertices();
        for (int i = 0; i < inputs.length; i++) {
            INDArray part = result.getSecond() == null ? null : result.getSecond()[i];
            if (part == null) { // kernels leave out the gradient of the network's input
                continue;
            }
            int to = inputs[i].getVertexIndex();
            watcher.inputGradient(vertex.getVertexName(), graph.getVertices()[to].getVertexName(), part);
            INDArray before = gradients[to];
            gradients[to] = before == null ? part : MemoryLayout.sum(before, part);
        }
    }
}
