package io.residual.tuning.sweep;

import io.residual.training.config.yaml.FileErrors;
import io.residual.training.config.yaml.YamlFields;
import io.residual.training.config.yaml.YamlNode;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Reads {@code budget: {trials: 40, epochs: 400, time: 35m}}, of which one is enough. */
final class BudgetReader {
    private final YamlFields file;
    private final FileErrors errors;

    BudgetReader(YamlFields file) {
        this.file = file;
        this.errors = file.errors();
    }

    /** Empty, and a fault, if there is none. */
    Optional<Budget> read() {
        Optional<YamlNode.Mapping> mapping = file.mapping("budget");
        if (mapping.isEmpty()) {
            if (file.node("budget").isEmpty()) {
                errors.add(1, "budget is missing: expected trials, epochs or time");
            }
            return Optional.empty();
        }
        YamlFields budget = new YamlFields("budget", mapping.get(), errors);
        budget.allowOnly(Set.of("trials", "epochs", "time"));
        OptionalInt trials = OptionalInt.empty();
        OptionalLong number = budget.integer("trials", 1, 1_000_000);
        if (number.isPresent()) {
            trials = OptionalInt.of((int) number.getAsLong());
        }
        OptionalLong epochs = budget.integer("epochs", 1, Long.MAX_VALUE);
        Optional<Duration> time = budget.text("time").flatMap(text -> time(text, budget));
        if (trials.isEmpty() && epochs.isEmpty() && time.isEmpty()) {
            if (mapping.get().entries().isEmpty()) {
                errors.add(mapping.get().line(), "budget: expected trials, epochs or time");
            }
            return Optional.empty();
        }
        return Optional.of(new Budget(trials, epochs, time));
    }

    private Optional<Duration> time(String text, YamlFields budget) {
        try {
            return Optional.of(TimeSpan.parse(text));
        } catch (IllegalArgumentException e) {
            errors.add(budget.line("time"), "time: " + e.getMessage());
            return Optional.empty();
        }
    }
}
