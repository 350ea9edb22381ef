package io.residual.laboratory.landscape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.laboratory.Main;
import io.residual.laboratory.experiments.training.StudiedNetwork;
import io.residual.laboratory.landscape.LandscapeSampler.Direction;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Inference;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.run.ModelFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

@Tag("slow")
class LandscapeSamplerTest {
    private static final TrainingSpec SPEC =
            Preset.resolve("resnet20", Map.of("depth", "8", "width", "4")).spec();

    private static final ImageSet IMAGES = IdxSource.sample()
            .open(Split.TRAIN, StratifiedSplit.SEED)
            .subset(IntStream.range(0, 30).toArray());

    private static Network network(ComputeKernels kernels) {
        return ModelFiles.untrained(SPEC, SPEC.resNet(1, 10), kernels, line -> {});
    }

    @Test
    void every_filter_of_a_direction_is_as_long_as_the_weights_are() {
        Network network = network(ComputeKernels.STOCK);
        Direction direction = Direction.of(network.graph(), 5);

        assertThat(direction.parts().keySet())
                .contains("stem.conv_W", "fc_W")
                .noneMatch(name -> name.contains(".bn") || name.endsWith("_b"));
        direction.parts().forEach((name, part) -> {
            INDArray weight = network.graph().getParam(name);
            double[] lengths = filterNorms(part);
            assertThat(lengths).as(name).hasSize(name.equals("fc_W") ? 10 : Math.toIntExact(part.size(0)));
            assertThat(lengths).as(name).containsExactly(filterNorms(weight), within(1e-5));
            assertThat(part.norm1Number().doubleValue())
                    .isNotCloseTo(weight.norm1Number().doubleValue(), within(1e-4));
        });
    }

    /** Of convolutions [out, in, height, width] and dense weights [in, out]. */
    private static double[] filterNorms(INDArray weight) {
        boolean dense = weight.rank() == 2;
        double[] squares = new double[Math.toIntExact(weight.size(dense ? 1 : 0))];
        float[] values = weight.dup('c').data().asFloat();
        for (int i = 0; i < values.length; i++) {
            int filter = dense ? i % squares.length : i / (values.length / squares.length);
            squares[filter] += (double) values[i] * values[i];
        }
        return Arrays.stream(squares).map(Math::sqrt).toArray();
    }

    @Test
    void directions_depend_on_the_seed_and_not_on_the_kernels() {
        INDArray stock = part(ComputeKernels.STOCK, 5);
        assertThat(part(KernelChoice.AUTO.resolve(), 5)).isEqualTo(stock);
        assertThat(part(ComputeKernels.STOCK, 6)).isNotEqualTo(stock);
    }

    private static INDArray part(ComputeKernels kernels, long seed) {
        return Direction.of(network(kernels).graph(), seed).parts().get("stage2.block1.conv2_W");
    }

    @Test
    void each_place_has_the_loss_of_the_weights_moved_there_and_the_weights_come_back() {
        Network network = network(KernelChoice.AUTO.resolve());
        LandscapeSampler survey = new LandscapeSampler(network, SPEC, IMAGES, 3);
        INDArray before = network.graph().params().dup();
        double untouched = loss(network);

        Landscape landscape = survey.over(Landscape.places(3, 0.5), "0 steps", () -> {});

        assertThat(network.graph().params()).isEqualTo(before);
        assertThat(landscape.centre()).hasValueCloseTo(untouched, within(1e-9));
        Direction first = Direction.of(network.graph(), 6);
        first.parts().forEach((name, part) -> network.graph().getParam(name).addi(part.mul(-0.5)));
        assertThat(landscape.losses().get(1).get(0)).hasValueCloseTo(loss(network), within(1e-5));
    }

    private static double loss(Network network) {
        ImageBatches batches = new ImageBatches(IMAGES, 30, SPEC.data().input(), new BatchOrder.Sequential());
        return Inference.score(Inference.probabilities(network, batches), IMAGES)
                .meanLoss();
    }

    @Test
    void places_are_symmetric_and_one_is_the_middle() {
        assertThat(Landscape.places(5, 1.5)).containsExactly(-1.5, -0.75, 0.0, 0.75, 1.5);
    }

    @Test
    void a_pair_is_trained_and_drawn(@TempDir Path folder) throws IOException {
        StringWriter err = new StringWriter();
        int status = CommandRunner.run(
                new Main(),
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                ("landscape --data sample --depth 8 --width 4 --steps 3 --grid 3 --images 20 --out " + folder)
                        .split(" ", -1));

        assertThat(err.toString()).isEmpty();
        assertThat(status).isEqualTo(ExitStatus.OK.code());
        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("landscape.json").toFile());
        assertThat(json.get("landscapes").findValuesAsText("name")).containsExactly("ResNet-8", "plain 8");
        List<String> rows = Files.readAllLines(folder.resolve("landscape.csv"));
        assertThat(rows).hasSize(1 + 2 * 9);
        assertThat(rows.get(5))
                .as("the middle of the first network")
                .isEqualTo("ResNet-8,8,RESIDUAL,1,0.0,0.0,"
                        + json.at("/landscapes/0/losses/1/1").asDouble());
        assertThat(Files.readString(folder.resolve("landscape.html"))).contains("Training loss around plain 8");
    }

    @Test
    void a_grid_without_a_middle_is_refused(@TempDir Path folder) {
        StringWriter err = new StringWriter();
        int status = CommandRunner.run(
                new Main(),
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                "landscape",
                "--grid",
                "4",
                "--out",
                folder.toString());
        assertThat(status).isEqualTo(ExitStatus.USAGE.code());
        assertThat(err.toString()).isEqualToIgnoringNewLines("error: --grid: must be odd and at least 3, got 4");
    }

    @Test
    void places_without_a_loss_are_not_below_any() {
        Landscape landscape = new Landscape(
                StudiedNetwork.of(SPEC),
                List.of(-1.0, 0.0, 1.0),
                List.of(
                        List.of(OptionalDouble.empty(), OptionalDouble.of(5), OptionalDouble.of(1)),
                        List.of(OptionalDouble.of(2), OptionalDouble.of(0.5), OptionalDouble.of(3)),
                        List.of(OptionalDouble.of(2.5), OptionalDouble.of(9), OptionalDouble.empty())),
                10,
                0.9,
                "3 steps");
        assertThat(landscape.shareBelow(landscape.guess())).isEqualTo(3.0 / 9);
        assertThat(landscape.centre()).hasValue(0.5);
    }
}
