package io.residual.spark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.idx.IdxSource;
import io.residual.spark.cluster.ClusterSession;
import io.residual.spark.cluster.LocalCluster;
import io.residual.training.Trainer;
import io.residual.training.TrainingResult;
import io.residual.training.config.Preset;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.run.RunDatasets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In two executors of one core each. */
@Tag("slow")
class SparkTrainingTest {
    private static final Map<String, String> TINY = Map.of(
            "width",
            "2",
            "epochs",
            "2",
            "batchSize",
            "48",
            "learningRate",
            "0.05",
            "momentum",
            "0.9",
            "seed",
            "3",
            "flip",
            "horizontal");

    private static ClusterSession session;
    private static RunDatasets data;
    private static float[] inOneProcess;

    @BeforeAll
    static void start() {
        session = ClusterSession.start(LocalCluster.options(), new ClusterSession.Settings("test", 1, 1));
        RunDatasets sample = RunDatasets.of(IdxSource.sample());
        data = RunDatasets.of(
                sample.train().subset(IntStream.range(0, 200).toArray()), sample.validation(), "part of the sample");
        inOneProcess = parameters(trainer(Map.of()).workers(LocalGroup.of(2, 1)).train(data));
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    @Test
    void two_executors_train_as_two_workers_in_one_process_bit_for_bit() {
        assertThat(parameters(onSpark(2, 1, Map.of()).train(data))).isEqualTo(inOneProcess);
    }

    @Test
    void states_are_averaged_as_in_one_process() {
        TrainingResult expected =
                trainer(Map.of("epochs", "1")).workers(LocalGroup.of(2, 3)).train(data);

        assertThat(parameters(onSpark(2, 3, Map.of("epochs", "1")).train(data))).isEqualTo(parameters(expected));
    }

    @Test
    void an_executor_that_is_killed_costs_time_and_nothing_else() {
        List<ProcessHandle> killed = new ArrayList<>();
        TrainingListener killer = new TrainingListener() {
            @Override
            public void stepDone(Position at, int images) {
                if (at.iterations() == 3) {
                    ProcessHandle executor =
                            ProcessHandle.current().children().findFirst().orElseThrow();
                    executor.destroyForcibly();
                    killed.add(executor);
                }
            }
        };

        TrainingResult result = onSpark(2, 1, Map.of()).listener(killer).train(data);

        assertThat(parameters(result)).isEqualTo(inOneProcess);
        assertThat(killed)
                .singleElement()
                .satisfies(executor -> assertThat(executor.isAlive()).isFalse());
    }

    @Test
    void three_workers_train_in_two_executors_as_in_one_process() {
        TrainingResult expected =
                trainer(Map.of("epochs", "1")).workers(LocalGroup.of(3, 1)).train(data);

        assertThat(parameters(onSpark(3, 1, Map.of("epochs", "1")).train(data))).isEqualTo(parameters(expected));
    }

    @Test
    void what_workers_cannot_do_is_refused_before_they_start() {
        assertRefused(
                3,
                Map.of("accumulation", "2"),
                "accumulation 2: workers whose weights are averaged after 3 steps update them after each batch: use"
                        + " accumulation 1, or average after every step");
        assertRefused(
                1,
                Map.of("skipLearnt", "0.3"),
                "skipLearnt 0.3: workers do not share which images are learnt: use skipLearnt 0");
        assertRefused(
                1,
                Map.of("batchSize", "3"),
                "batchSize 3, of 200 images: 2 workers need at least 2 images each: use larger batches or fewer"
                        + " workers");
    }

    private static void assertRefused(int averageEvery, Map<String, String> settings, String message) {
        Trainer trainer = onSpark(2, averageEvery, settings);

        assertThatThrownBy(() -> trainer.train(data))
                .isInstanceOfSatisfying(
                        ResidualException.class,
                        error -> assertThat(error.kind()).isEqualTo(Kind.BAD_SETTING))
                .hasMessage(message);
    }

    private static float[] parameters(TrainingResult result) {
        return result.network().graph().params().toFloatVector();
    }

    private static Trainer onSpark(int workers, int averageEvery, Map<String, String> settings) {
        return trainer(settings).workers(new SparkWorkerGroup(session.context(), workers, averageEvery));
    }

    private static Trainer trainer(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(TINY);
        all.putAll(settings);
        return Trainer.of(Preset.resolve("quick", all).spec());
    }
}
