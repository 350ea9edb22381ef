package io.residual.laboratory.experiments;

import io.residual.laboratory.experiments.training.Training;
import io.residual.report.chart.Chart;
import java.util.List;

/** How a claim is put to the test. */
public interface Experiment {
    /**
     * One of the things that an experiment compares.
     *
     * @param name unique within the experiment
     * @param training whatever its seed
     */
    record Arm(String name, Training training) {}

    Claim claim();

    /** What is trained and compared, in a few sentences, with what the budget leaves out. */
    String method();

    /** What is trained with every seed. */
    List<Arm> arms();

    /** How many seeds, 1 and up, each arm is trained with; at least 1. */
    int seeds();

    /** What must hold. */
    List<Criterion> criteria();

    /** The same experiment with another number of seeds. */
    default Experiment withSeeds(int number) {
        Experiment origin = this;
        return new Experiment() {
            @Override
            public Claim claim() {
                return origin.claim();
            }

            @Override
            public String method() {
                return origin.method();
            }

            @Override
            public List<Arm> arms() {
                return origin.arms();
            }

            @Override
            public int seeds() {
                return number;
            }

            @Override
            public List<Criterion> criteria() {
                return origin.criteria();
            }

            @Override
            public List<Chart> charts(Results results) {
                return origin.charts(results);
            }
        };
    }

    /**
     * Charts of the results.
     *
     * @param results of at least one seed
     */
    List<Chart> charts(Results results);
}
