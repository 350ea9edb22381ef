package io.residual.laboratory.experiments.training;

import java.util.Map;

/** What is measured in a network beside its score, before its first step and after its last. */
public enum Probe {
    NONE,
    /** See {@link BatchNormDistance}. */
    BATCH_NORMS {
        @Override
        Map<String, Double> after(ProbeTarget subject) {
            return BatchNormDistance.measure(subject.network().graph());
        }
    },
    /** See {@link LabelIssues}. */
    LABEL_ISSUES {
        @Override
        Map<String, Double> after(ProbeTarget subject) {
            return LabelIssues.measure(subject);
        }
    },
    /** See {@link GradientNorms}; names begin with {@code start} or {@code end}. */
    GRADIENTS {
        @Override
        Map<String, Double> before(ProbeTarget subject) {
            return GradientNorms.measure("start", subject);
        }

        @Override
        Map<String, Double> after(ProbeTarget subject) {
            return GradientNorms.measure("end", subject);
        }
    };

    /** Measures by name, of a network that has not learnt. */
    Map<String, Double> before(ProbeTarget subject) {
        return Map.of();
    }

    /** Measures by name, of a network that has learnt; it is of no use afterwards. */
    Map<String, Double> after(ProbeTarget subject) {
        return Map.of();
    }
}
