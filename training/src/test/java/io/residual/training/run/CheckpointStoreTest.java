package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.training.config.Monitor;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.loop.ScoreSum;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.CheckpointStore.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CheckpointStoreTest {
    private static final String DIGEST = "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b";
    private static final TrainingState BEGIN = TrainingState.initial(DIGEST, ComputeKernels.ONEDNN);

    private final List<String> messages = new ArrayList<>();

    @TempDir
    Path directory;

    @Test
    void a_state_and_its_arrays_are_read_back_to_the_last_bit() {
        CheckpointStore store = new CheckpointStore(directory, Monitor.ACCURACY, messages::add);
        Position position = new Position(1, 3, 32, new ScoreSum(0.1 + 0.2, 5, 7), 1.0 / 3);
        TrainingState state = BEGIN.at(position, List.of(metrics(1, 0.7)));
        INDArray values = Nd4j.createFromArray(new float[][] {{1e-40f, -0f, 3}});
        store.save(state, Map.of("parameters", values));

        INDArray live = Nd4j.create(1, 3);
        Stored stored = store.newest().orElseThrow();
        stored.restore(Map.of("parameters", live));

        assertThat(stored.state()).isEqualTo(state);
        assertThat(live.data().asFloat()).containsExactly(1e-40f, -0f, 3);
    }

    @Test
    void the_newest_three_and_the_best_are_kept() throws IOException {
        CheckpointStore store = new CheckpointStore(directory, Monitor.ACCURACY, messages::add);
        save(store, 0.5, 0.75, 0.75, 0.25, 0.625, 0.6875);

        assertThat(numbers()).containsExactly("000002", "000004", "000005", "000006");
    }

    @Test
    void the_best_is_that_of_the_monitored_metric_and_the_first_of_equals() throws IOException {
        save(new CheckpointStore(directory, Monitor.LOSS, messages::add), 0.5, 0.75, 0.75, 0.25, 0.625, 0.6875);

        assertThat(numbers()).containsExactly("000001", "000004", "000005", "000006");
    }

    @Test
    void a_damaged_file_is_not_counted_and_not_deleted() throws IOException {
        CheckpointStore store = new CheckpointStore(directory, Monitor.ACCURACY, messages::add);
        save(store, 0.5, 0.75);
        Path damaged = files().get(0);
        Files.write(damaged, new byte[] {7});

        save(store, 0.5, 0.75, 0.875, 0.9375, 0.96875);

        assertThat(numbers()).containsExactly("000001", "000005", "000006", "000007");
        assertThat(damaged).hasBinaryContent(new byte[] {7});
    }

    @Test
    void arrays_of_another_run_are_refused() {
        CheckpointStore store = new CheckpointStore(directory, Monitor.ACCURACY, messages::add);
        store.save(BEGIN, Map.of("parameters", Nd4j.ones(1, 3)));
        Stored stored = store.newest().orElseThrow();

        assertThatThrownBy(() -> stored.restore(Map.of("parameters", Nd4j.create(1, 4))))
                .isInstanceOf(ResidualException.class)
                .hasMessageContaining("expected shape [1, 4], found [1, 3]");
        assertThatThrownBy(() -> stored.restore(Map.of("parameters", Nd4j.create(1, 3), "step.updater", Nd4j.ones(2))))
                .isInstanceOf(ResidualException.class)
                .hasMessageEndingWith(
                        "but the run needs [parameters, step.updater]: was it written by another version?");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_directory_that_cannot_be_written_is_told_before_training() {
        assertThatThrownBy(() -> RunDirectory.takeAt(Path.of("/proc")).lock())
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith("/proc: cannot be written: ")
                .hasMessageNotContaining("\n");
    }

    /** A checkpoint at the end of each of so many epochs of ten steps. */
    private static void save(CheckpointStore store, double... validationAccuracies) {
        List<EpochMetrics> history = new ArrayList<>();
        for (double accuracy : validationAccuracies) {
            int epoch = history.size() + 1;
            history.add(metrics(epoch, accuracy));
            store.save(
                    BEGIN.at(new Position(epoch, 0, 10L * epoch, ScoreSum.NONE, 0), history),
                    Map.of("parameters", Nd4j.ones(1, 3).muli(epoch)));
        }
    }

    private static EpochMetrics metrics(int epoch, double validationAccuracy) {
        return new EpochMetrics(epoch, 0.05, 0.9, 0.625, 0.75, validationAccuracy, 310.5, 12.25);
    }

    private List<String> numbers() throws IOException {
        return files().stream()
                .map(file -> file.getFileName().toString().substring(0, 6))
                .toList();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
