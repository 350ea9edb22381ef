package io.residual.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.onednn.layers.LayerRun;
import io.residual.onednn.layers.ResNets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

class NetworkTest {
    private static final int PIXELS = 20;
    private static final int CHANNELS = 3;

    /**
     * After five steps. Rounding moves values near zero across the edges of ReLU and maximum, so gradients of whole
     * networks can differ by more than rounding; measured 3e-5 of the largest value of each parameter.
     */
    private static final double TOLERANCE = 1e-3;

    @Test
    void five_steps_of_training_end_where_stock_layers_do() {
        var stock = network(stock(new Sgd(0.05)));
        var fast = network(OneDnn.accelerate(stock(new Sgd(0.05))));
        OneDnn.copyParameters(stock, fast);

        for (int step = 0; step < 5; step++) {
            // The last batch of an epoch is smaller.
            var batch = batch(step, step % 3 == 2 ? 5 : 12);
            stock.fit(batch);
            fast.fit(batch);
            assertThat(fast.score()).isCloseTo(stock.score(), within(1e-3));
        }

        stock.paramTable()
                .forEach((name, expected) ->
                        LayerRun.assertClose(name, fast.paramTable().get(name), expected, TOLERANCE));
        var images = batch(9, 7).getFeatures();
        LayerRun.assertClose("output", fast.outputSingle(images), stock.outputSingle(images), TOLERANCE);
    }

    @Test
    void the_gradients_of_one_step_are_those_of_stock_layers() {
        var stock = network(stock(new Sgd(0.05)));
        var fast = network(OneDnn.accelerate(stock(new Sgd(0.05))));
        OneDnn.copyParameters(stock, fast);

        for (var graph : new ComputationGraph[] {stock, fast}) {
            var batch = batch(1, 6);
            graph.setInputs(batch.getFeatures());
            graph.setLabels(batch.getLabels());
            graph.computeGradientAndScore();
        }

        var actual = fast.gradient().gradientForVariable();
        var expected = stock.gradient().gradientForVariable();
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, gradient) -> {
            // The bias before a batch normalization has no effect: its gradient is rounding only.
            if (!name.endsWith("_b")) {
                LayerRun.assertClose(name, gradient, expected.get(name), TOLERANCE);
            }
        });
    }

    @Test
    void parameters_go_both_ways_bit_by_bit() {
        var fast = network(OneDnn.accelerate(stock(new Nesterovs(0.05, 0.9))));
        fast.fit(batch(3, 8));
        var stock = network(stock(new Nesterovs(0.05, 0.9)));
        var back = network(OneDnn.accelerate(stock(new Nesterovs(0.05, 0.9))));

        OneDnn.copyParameters(fast, stock);
        OneDnn.copyParameters(stock, back);

        assertThat(stock.params()).isNotEqualTo(fast.params());
        assertThat(back.params()).isEqualTo(fast.params());
        fast.paramTable()
                .forEach((name, values) ->
                        assertThat(stock.paramTable().get(name)).isEqualTo(values));
    }

    @Test
    void updater_state_goes_both_ways_and_training_goes_on_bit_by_bit() {
        var fast = network(OneDnn.accelerate(stock(new Adam(0.01))));
        fast.fit(batch(3, 8));
        fast.fit(batch(4, 8));
        var stock = network(stock(new Adam(0.01)));
        var back = network(OneDnn.accelerate(stock(new Adam(0.01))));

        OneDnn.copyParameters(fast, stock);
        OneDnn.copyUpdaterState(fast, stock);
        OneDnn.copyParameters(stock, back);
        OneDnn.copyUpdaterState(stock, back);
        back.getConfiguration().setIterationCount(2);

        assertThat(back.getUpdater().getStateViewArray())
                .isEqualTo(fast.getUpdater().getStateViewArray());
        fast.fit(batch(5, 8));
        back.fit(batch(5, 8));
        assertThat(back.params()).isEqualTo(fast.params());
    }

    @Test
    void parameters_of_another_network_are_refused() {
        var small = network(stock(new Sgd(0.1)));
        var large = network(ResNets.of(PIXELS, CHANNELS, new Sgd(0.1), 8, 12, 16));

        assertThatThrownBy(() -> OneDnn.copyParameters(small, large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only the second has [stage3.block1.bn1_beta");
    }

    @Test
    void a_saved_network_computes_the_same_after_loading(@TempDir Path folder) throws Exception {
        var fast = network(OneDnn.accelerate(stock(new Nesterovs(0.05, 0.9))));
        fast.fit(batch(3, 8));
        var file = folder.resolve("network.zip").toFile();

        fast.save(file, true);
        var loaded = ComputationGraph.load(file, true);

        var images = batch(4, 5).getFeatures();
        assertThat(loaded.outputSingle(images)).isEqualTo(fast.outputSingle(images));
        loaded.fit(batch(6, 8));
        fast.fit(batch(6, 8));
        assertThat(loaded.params()).isEqualTo(fast.params());
    }

    @Test
    void two_networks_train_in_two_threads_as_they_do_alone() throws Exception {
        var alone = new INDArray[] {trained(1), trained(2)};
        try (var threads = new Threads(2)) {
            var first = threads.pool.submit(() -> trained(1));
            var second = threads.pool.submit(() -> trained(2));
            assertThat(first.get()).isEqualTo(alone[0]);
            assertThat(second.get()).isEqualTo(alone[1]);
        }
        assertThat(alone[0]).isNotEqualTo(alone[1]);
    }

    @Test
    void without_workspaces_the_result_is_the_same() {
        var conf = OneDnn.accelerate(stock(new Sgd(0.05)));
        var with = network(conf.clone());
        conf.setTrainingWorkspaceMode(WorkspaceMode.NONE);
        conf.setInferenceWorkspaceMode(WorkspaceMode.NONE);
        var without = network(conf);

        for (int step = 0; step < 3; step++) {
            with.fit(batch(step, 6));
            without.fit(batch(step, 6));
        }

        assertThat(without.params()).isEqualTo(with.params());
    }

    private static INDArray trained(int seed) {
        var conf = OneDnn.accelerate(stock(new Sgd(0.05)));
        conf.getDefaultConfiguration().setSeed(seed);
        var graph = network(conf);
        graph.setParams(random(seed, graph.numParams()).muli(0.1).addi(0.3).reshape(1, -1));
        for (int step = 0; step < 4; step++) {
            graph.fit(batch(step, 6 + seed));
        }
        return graph.params().dup();
    }

    private record Threads(ExecutorService pool) implements AutoCloseable {
        Threads(int count) {
            this(Executors.newFixedThreadPool(count));
        }

        @Override
        public void close() {
            pool.shutdownNow();
        }
    }

    private static ComputationGraphConfiguration stock(IUpdater updater) {
        return ResNets.of(PIXELS, CHANNELS, updater, 8, 12);
    }

    private static ComputationGraph network(ComputationGraphConfiguration conf) {
        var graph = new ComputationGraph(conf);
        graph.init();
        return graph;
    }

    private static DataSet batch(int seed, int examples) {
        var images =
                random(seed, (long) examples * CHANNELS * PIXELS * PIXELS).reshape(examples, CHANNELS, PIXELS, PIXELS);
        var labels = Nd4j.zeros(DataType.FLOAT, examples, 10);
        for (int i = 0; i < examples; i++) {
            labels.putScalar(i, (i * 3 + seed) % 10, 1);
        }
        return new DataSet(images, labels);
    }

    /** Uniform in [0, 1); ND4J's generator is global, and other threads use it. */
    private static INDArray random(int seed, long length) {
        var generator = new Random(seed);
        var values = new float[Math.toIntExact(length)];
        for (int i = 0; i < values.length; i++) {
            values[i] = generator.nextFloat();
        }
        return Nd4j.createFromArray(values);
    }
}
