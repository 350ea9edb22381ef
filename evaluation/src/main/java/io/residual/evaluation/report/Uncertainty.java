package io.residual.evaluation.report;

import io.residual.evaluation.metrics.CoverageCheck;
import io.residual.evaluation.metrics.OneVersusRest;
import io.residual.evaluation.metrics.PredictionSets;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.metrics.WilsonInterval;
import io.residual.evaluation.model.ModelCalibration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How well a model knows what it does not know.
 *
 * @param calibration made from the validation images; empty if those are the evaluated ones, or there are none
 * @param energies of the evaluated images
 * @param outliers other images, of none of the classes
 */
public record Uncertainty(Optional<ModelCalibration> calibration, List<Float> energies, List<Outliers> outliers) {
    static final List<Double> COVERAGES = List.of(0.9, 0.95, 0.99);
    static final List<Double> ABSTAIN_BELOW = List.of(0.5, 0.7, 0.8, 0.9, 0.95, 0.99);
    /** Of p-values below which an image counts as an outlier in the report. */
    static final double OUTLIER_LEVEL = 0.05;

    /**
     * Images of none of the classes.
     *
     * @param name of their folder
     * @param energies of each, at least one
     */
    public record Outliers(String name, List<Float> energies) {
        public Outliers {
            energies = List.copyOf(energies);
        }

        /** The area under the ROC curve of the energy: how likely one of these has a higher one than one of the others. */
        double auroc(List<Float> others) {
            float[] all = new float[energies.size() + others.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = i < energies.size() ? energies.get(i) : others.get(i - energies.size());
            }
            return OneVersusRest.of(all, i -> i < energies.size()).orElseThrow().auc();
        }
    }

    /**
     * What abstaining from unlikely predictions does.
     *
     * @param below the lowest probability of a class that is predicted
     * @param answered images with a prediction
     * @param right images with a right one
     */
    record Abstention(double below, long answered, long right) {
        static Abstention of(double below, Scores probabilities) {
            long answered = 0;
            long right = 0;
            for (int i = 0; i < probabilities.examples(); i++) {
                if (probabilities.highest(i) >= (float) below) {
                    answered++;
                    right += probabilities.isRight(i) ? 1 : 0;
                }
            }
            return new Abstention(below, answered, right);
        }

        OptionalDouble accuracy() {
            return answered == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / answered);
        }

        Optional<WilsonInterval> interval() {
            return answered == 0 ? Optional.empty() : Optional.of(WilsonInterval.of(right, answered));
        }
    }

    public Uncertainty {
        energies = List.copyOf(energies);
        outliers = List.copyOf(outliers);
    }

    /**
     * Checks prediction sets of several coverages, as far as there are enough calibration images for them.
     *
     * @param scaled probabilities of the evaluated images at the temperature
     */
    List<CoverageCheck> coverages(Scores scaled) {
        return calibration.stream()
                .flatMap(made -> COVERAGES.stream()
                        .filter(coverage -> PredictionSets.canFit(made.images(), coverage))
                        .map(coverage -> CoverageCheck.of(made.sets(coverage), scaled)))
                .toList();
    }

    /** The share of energies that count as those of outliers; empty without calibration. */
    OptionalDouble flagged(List<Float> some) {
        return calibration
                .map(made -> OptionalDouble.of((double) some.stream()
                                .filter(energy -> made.outlierPValue(energy) <= OUTLIER_LEVEL)
                                .count()
                        / some.size()))
                .orElse(OptionalDouble.empty());
    }
}
