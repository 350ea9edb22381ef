package io.residual.benchmark.rounds;

import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Task;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One way to run the network.
 *
 * @param name such as {@code pytorch-last}
 * @param precision of its products
 * @param description what it is and what is set, for the reader of the results
 * @param program how it is started
 * @param environment variables of its process, on top of one that is free of settings for threads and memory
 * @param tasks what it is measured in
 * @param missing why it cannot run here, as far as that is known before it is started
 */
public record Contestant(
        String name,
        Family family,
        Precision precision,
        String description,
        Program program,
        Map<String, String> environment,
        Set<Task> tasks,
        @Nullable String missing) {
    /** Variable that names the folder of DJL's native libraries. */
    static final String DJL_FOLDER = "DJL_CACHE_DIR";

    /** What the ratios are taken between. */
    public enum Family {
        RESIDUAL,
        STOCK,
        PYTORCH,
        ONNX_RUNTIME
    }

    public Contestant {
        environment = Map.copyOf(environment);
        tasks = Set.copyOf(tasks);
    }

    /** The same in another precision. */
    Contestant in(Precision other) {
        return new Contestant(name, family, other, description, program, environment, tasks, missing);
    }

    /** The same, measured in these tasks. */
    Contestant within(Set<Task> others) {
        return new Contestant(name, family, precision, description, program, environment, others, missing);
    }

    /** How it is started, as it would be written in a shell; without the folder of DJL's files. */
    public String settings() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(environment).forEach((variable, value) -> {
            if (!variable.equals(DJL_FOLDER)) {
                text.append(variable).append('=').append(value).append(' ');
            }
        });
        return text.append(program.settings()).toString();
    }
}
