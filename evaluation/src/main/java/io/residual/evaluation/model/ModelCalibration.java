package io.residual.evaluation.model;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.IoErrors;
import io.residual.core.files.RegularFile;
import io.residual.evaluation.metrics.Logits;
import io.residual.evaluation.metrics.PredictionSets;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.metrics.Temperature;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import io.residual.training.run.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What images that a model was not trained on say about how sure it is: its validation images, as a rule.
 *
 * @param modelSha256 digest of the file of its weights
 * @param temperature of the lowest cross entropy
 * @param trueClassProbabilities of each image at that temperature, in rising order
 * @param energies of each image, in rising order
 */
public record ModelCalibration(
        String modelSha256, double temperature, List<Float> trueClassProbabilities, List<Float> energies) {
    /** Enough for a million images. */
    private static final int MAX_BYTES = 64 << 20;

    public ModelCalibration {
        trueClassProbabilities = numbers("trueClassProbabilities", trueClassProbabilities);
        energies = numbers("energies", energies);
        if (!modelSha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("\"modelSha256\": expected 64 hex digits, found " + modelSha256);
        }
        if (!(temperature > 0 && Double.isFinite(temperature))) {
            throw new IllegalArgumentException("\"temperature\": expected a number above 0, found " + temperature);
        }
        if (trueClassProbabilities.isEmpty() || trueClassProbabilities.size() != energies.size()) {
            throw new IllegalArgumentException(trueClassProbabilities.size() + " probabilities and " + energies.size()
                    + " energies: expected one of each for each image");
        }
        requireRising("trueClassProbabilities", trueClassProbabilities, 0, 1);
        requireRising("energies", energies, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    private static List<Float> numbers(String name, List<Float> values) {
        // A file may hold null among the numbers.
        if (values.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("\"" + name + "\": expected numbers only, found null");
        }
        return List.copyOf(values);
    }

    private static void requireRising(String name, List<Float> values, float low, float high) {
        float before = low;
        for (float value : values) {
            if (!(value >= before && value <= high)) {
                throw new IllegalArgumentException("\"" + name + "\": expected rising numbers up to " + high
                        + ", found " + value + " after " + before);
            }
            before = value;
        }
    }

    /**
     * Calibrates a model.
     *
     * @param logits of images that it was not trained on and that the result is not reported on
     */
    static ModelCalibration fit(TrainedModel model, Scores logits) {
        Scores probabilities = logits.softmax();
        Temperature temperature = Temperature.fit(probabilities);
        Scores scaled = temperature.apply(probabilities);
        return new ModelCalibration(
                model.sha256(),
                temperature.value(),
                rising(IntStream.range(0, scaled.examples())
                        .mapToObj(i -> scaled.score(i, scaled.label(i)))
                        .toList()),
                rising(IntStream.range(0, logits.examples())
                        .mapToObj(i -> Logits.energy(logits.row(i)))
                        .toList()));
    }

    private static List<Float> rising(List<Float> values) {
        return values.stream().sorted().toList();
    }

    /** How many images it was made from. */
    public int images() {
        return energies.size();
    }

    /** The probabilities of an image at the temperature. */
    public float[] probabilities(float[] logits) {
        return new Temperature(temperature).apply(Logits.softmax(logits));
    }

    /**
     * The sets of classes at this temperature that hold the true class as often as stated.
     *
     * @param coverage in (0, 1)
     * @throws ResidualException of kind BAD_SETTING if there are too few images for that
     */
    public PredictionSets sets(double coverage) {
        try {
            return PredictionSets.fit(trueClassProbabilities, coverage);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_SETTING, Objects.requireNonNull(e.getMessage()), e);
        }
    }

    /**
     * The share of the images with at least this energy, the new one counted: if that is like those of the calibration, a value
     * of at most p comes up with probability p (S. Bates et al., <i>Testing for Outliers with Conformal p-values</i>, 2023).
     */
    public double outlierPValue(float energy) {
        int place = Collections.binarySearch(energies, energy);
        int below = place < 0 ? -place - 1 : place;
        while (below > 0 && energies.get(below - 1) == energy) {
            below--;
        }
        return (energies.size() - below + 1.0) / (energies.size() + 1.0);
    }

    /**
     * Saves it with the run, in place of that of earlier weights.
     *
     * @throws ResidualException of kind BAD_RUN if it cannot be written
     */
    public void write(RunDirectory run, SavedModel model) {
        Path file = run.calibrationFile(model);
        try {
            AtomicFile.write(file, StrictJson.line(this) + "\n");
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN, file + ": cannot be written (" + IoErrors.reason(e) + "): is it writable?", e);
        }
    }

    /**
     * Reads one.
     *
     * @throws ResidualException of kind BAD_RUN if it is damaged
     */
    public static ModelCalibration read(Path file) {
        try (InputStream in = RegularFile.stream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ResidualException(Kind.BAD_RUN, file + ": larger than 64 MiB: this is no calibration");
            }
            return StrictJson.read(new String(bytes, StandardCharsets.UTF_8), ModelCalibration.class);
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": cannot be read (" + IoErrors.reason(e) + ")", e);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(
                    Kind.BAD_RUN, file + ": " + e.getMessage() + ": evaluate the run again, which writes the file", e);
        }
    }

    /**
     * What a run says about a model.
     *
     * @param missing why there is none; otherwise blank
     */
    public record Found(Optional<ModelCalibration> calibration, String missing) {}

    /**
     * Looks for the calibration of a model among those of its run, by the digest of its weights: first that of the chosen
     * checkpoint.
     *
     * @throws ResidualException of kind BAD_RUN if that one is damaged; another that is damaged is skipped
     */
    public static Found of(TrainedModel model) {
        String missing = model.run()
                + (model.run().isEnsemble()
                        ? ": an ensemble holds no images back to be calibrated on"
                        : ": the " + model.choice() + " model has no calibration");
        if (model.choice() instanceof ModelChoice.Saved chosen) {
            Path file = model.run().calibrationFile(chosen.model());
            if (Files.exists(file)) {
                ModelCalibration own = read(file);
                if (own.isOf(model)) {
                    return new Found(Optional.of(own), "");
                }
                missing = file + ": is of other weights than the run has now";
            }
        }
        Optional<ModelCalibration> other = Stream.of(SavedModel.values())
                .filter(saved -> !model.choice().equals(new ModelChoice.Saved(saved)))
                .map(model.run()::calibrationFile)
                .filter(Files::exists)
                .flatMap(file -> undamaged(file).stream())
                .filter(calibration -> calibration.isOf(model))
                .findFirst();
        return new Found(other, other.isPresent() ? "" : missing);
    }

    private boolean isOf(TrainedModel model) {
        return modelSha256.equals(model.sha256());
    }

    private static Optional<ModelCalibration> undamaged(Path file) {
        try {
            return Optional.of(read(file));
        } catch (ResidualException damaged) {
            return Optional.empty();
        }
    }
}
