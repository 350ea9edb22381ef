package io.residual.laboratory.experiments.training;

import java.util.Map;

/** What is measured in a network in addition to its score, before its first step and after its last. */
public enum Probe {
    NONE,
    /** See {@link BatchNormDistance}. */
    BATCH_NORMS {
        @Override
        Map<String, Double> after(ProbeTarget target) {
            return BatchNormDistance.measure(target.network().graph());
        }
    },
    /** See {@link LabelIssues}. */
    LABEL_ISSUES {
        @Override
        Map<String, Double> after(ProbeTarget target) {
            return LabelIssues.measure(target);
        }
    },
    /** See {@link GradientNorms}; names start with {@code start} or {@code end}. */
    GRADIENTS {
        @Override
        Map<String, Double> before(ProbeTarget target) {
            return GradientNorms.measure("start", target);
        }

        @Override
        Map<String, Double> after(ProbeTarget target) {
            return GradientNorms.measure("end", target);
        }
    };

    /** Measures by name, of a network that has not learnt. */
    Map<String, Double> before(ProbeTarget target) {
        return Map.of();
    }

    /** Measures by name, of a network that has learnt; it must not be used afterwards. */
    Map<String, Double> after(ProbeTarget target) {
        return Map.of();
    }
}
