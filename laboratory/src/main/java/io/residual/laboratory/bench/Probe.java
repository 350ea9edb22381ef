package io.residual.laboratory.bench;

import java.util.Map;

/** What is measured in a network beside its score, before its first step and after its last. */
public enum Probe {
    NONE,
    /** See {@link BatchNorms}. */
    BATCH_NORMS {
        @Override
        Map<String, Double> after(Subject subject) {
            return BatchNorms.measure(subject.network().graph());
        }
    },
    /** See {@link LabelIssues}. */
    LABEL_ISSUES {
        @Override
        Map<String, Double> after(Subject subject) {
            return LabelIssues.measure(subject);
        }
    },
    /** See {@link Gradients}; names begin with {@code start} or {@code end}. */
    GRADIENTS {
        @Override
        Map<String, Double> before(Subject subject) {
            return Gradients.measure("start", subject);
        }

        @Override
        Map<String, Double> after(Subject subject) {
            return Gradients.measure("end", subject);
        }
    };

    /** Measures by name, of a network that has not learnt. */
    Map<String, Double> before(Subject subject) {
        return Map.of();
    }

    /** Measures by name, of a network that has learnt; it is of no use afterwards. */
    Map<String, Double> after(Subject subject) {
        return Map.of();
    }
}
