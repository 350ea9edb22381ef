package io.residual.laboratory.experiments.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.laboratory.claims.Claims;
import io.residual.laboratory.claims.ThousandLayers;
import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.experiments.Experiment.Arm;
import io.residual.laboratory.experiments.training.TrainingData.EvaluationSplit;
import io.residual.training.config.Preset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What release 0.1 stored is still found and read. {@code release-0.1-keys.csv} and {@code release-0.1-result.json} were
 * written by the classes of commit 6e59039, for data files and kernels that are named here. The arms whose gradients it measured,
 * of claims 8 and 9, are measured in another way now, and were taken out of the list.
 */
class ReleaseFilesTest {
    private static final SortedMap<String, String> DIGESTS =
            new TreeMap<>(Map.of("train-images-idx3-ubyte.gz", "0f", "train-labels-idx1-ubyte.gz", "a7"));
    private static final String KERNELS = "oneDNN 3.0, float32";
    private static final String STORED = "a71b5d7b0acc243be4ce0bba44e23d776d5acffee98cd7bddb390acea25c1a83";

    @Test
    void every_arm_of_every_claim_has_the_key_of_release_0_1() throws IOException {
        List<String> expected = resource("release-0.1-keys.csv").lines().skip(1).toList();
        Map<String, String> keys = new LinkedHashMap<>();
        for (Budget budget : Budget.values()) {
            for (Experiment experiment : Claims.of(budget)) {
                long seed = budget == Budget.MINUTES ? 1 : experiment.seeds();
                experiment
                        .arms()
                        .forEach(arm -> keys.put(place(budget.toString(), experiment, arm, seed), key(arm, seed)));
            }
        }
        Experiment thousand = new ThousandLayers(1202, 1001, 16, 300, 8, 3);
        thousand.arms().forEach(arm -> keys.put(place("1000", thousand, arm, 2), key(arm, 2)));

        assertThat(keys.entrySet().stream().map(entry -> entry.getKey() + "," + entry.getValue()))
                .containsAll(expected);
    }

    private static String place(String budget, Experiment experiment, Arm arm, long seed) {
        return budget + "," + experiment.claim().number() + ",\"" + arm.name() + "\"," + seed;
    }

    private static String key(Arm arm, long seed) {
        return arm.training().withSeed(seed).key(DIGESTS, KERNELS);
    }

    @Test
    void a_result_that_release_0_1_stored_is_found_by_its_training_and_read(@TempDir Path directory)
            throws IOException {
        Files.writeString(directory.resolve(STORED + ".json"), resource("release-0.1-result.json"));
        TrainingResult result = ResultStore.at(directory).find(STORED).orElseThrow();

        Training training = new Training(
                Model.RESNET,
                Preset.resolve("quick", Map.of("width", "2", "epochs", "2", "batchSize", "32", "learningRate", "0.05"))
                        .spec(),
                new TrainingData(160, 0.1, EvaluationSplit.FIRST_HALF, 100),
                Probe.LABEL_ISSUES);
        assertThat(training.withSeed(3).key(result.dataSha256(), "oneDNN 3.8.1"))
                .isEqualTo(STORED);
        assertThat(result.material()).isEqualTo(training.material());
        assertThat(result.epochs()).hasSize(2);
        assertThat(result.accuracy()).isEqualTo(0.0875);
        assertThat(result.measure("suspects")).isEqualTo(73);
    }

    private static String resource(String name) throws IOException {
        return new String(
                Objects.requireNonNull(ReleaseFilesTest.class.getResourceAsStream(name), name)
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }
}
