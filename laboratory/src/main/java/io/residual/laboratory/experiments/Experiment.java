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

    /**
     * Charts of the results.
     *
     * @param results of at least one seed
     */
    List<Chart> charts(Results results);
}
