package io.residual.tuning.confirm;

import io.residual.training.run.MeanInterval;
import java.util.Optional;

/**
 * The best of the confirmed trials.
 *
 * @param worth the objective that it has with other seeds, see {@link Worth}
 * @param bias by how much the search flattered it: the value found minus what it is worth, or the other way round for a
 *     loss; its uncertainty is that of {@code worth}
 * @param second the next best, if another has fresh runs
 */
public record Winner(Candidate candidate, MeanInterval worth, double bias, Optional<Second> second) {}
