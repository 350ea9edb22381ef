package io.residual.cuda.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.cuda.check.CheckPrograms;
import io.residual.cuda.device.Format;
import io.residual.program.Program;
import io.residual.program.plan.Phase;
import io.residual.program.plan.Planner;
import io.residual.program.plan.Policy;
import io.residual.program.plan.Task;
import java.util.List;
import org.junit.jupiter.api.Test;

class JointsTest {
    private static List<Phase> phases(String network) {
        Program program = CheckPrograms.read(network);
        Policy policy = new Policy(
                value -> 2L * program.value(value).size(),
                pool -> program.value(pool.out()).size(),
                convolve -> false,
                Policy.Activations.KEPT);
        return new Planner(program, policy, Planner.Pass.TRAINING).plan().phases();
    }

    private static long joints(String network, int images) {
        List<Phase> phases = phases(network);
        Joints joints = new Joints(phases, Format.BF16, images);
        return phases.stream()
                .flatMap(phase -> phase.tasks().stream())
                .filter(task -> task instanceof Task.Elementwise each
                        && joints.second(each).isPresent())
                .count();
    }

    @Test
    void each_batch_norm_of_a_small_network_takes_one_kernel_in_each_direction() {
        assertThat(joints("resnet20", 128)).isEqualTo(2 * 19);
    }

    @Test
    void of_large_batches_only_what_stays_in_the_cache_does() {
        assertThat(joints("resnet20", 1024)).isEqualTo(2 * 6);
    }
}
