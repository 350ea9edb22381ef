package io.residual.evaluation;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.data.folder.PictureFinder;
import io.residual.evaluation.model.TrainedModel;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.ClassifierOptions;
import io.residual.evaluation.report.Uncertainty.Outliers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder with images of none of a model's classes.
 *
 * @param files at least one
 */
record OutlierFolder(Path folder, List<Path> files) {
    /**
     * Finds the images.
     *
     * @throws ResidualException of kind BAD_DATA if there are none
     */
    static OutlierFolder find(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ResidualException(Kind.BAD_DATA, folder + ": there is no such folder: name one with images");
        }
        List<Path> files = new PictureFinder(folder)
                .images(folder).stream().map(PictureFinder.Found::file).toList();
        if (files.isEmpty()) {
            throw new ResidualException(Kind.BAD_DATA, folder + ": the folder has no images");
        }
        return new OutlierFolder(folder, files);
    }

    /**
     * The energies that predictions give the images of folders.
     *
     * @throws ResidualException of kind BAD_DATA if an image cannot be read
     */
    static List<Outliers> energies(List<OutlierFolder> folders, TrainedModel model) {
        if (folders.isEmpty()) {
            return List.of();
        }
        try (Classifier classifier = Classifier.of(model, ClassifierOptions.DEFAULT)) {
            return folders.stream().map(each -> each.energies(classifier)).toList();
        }
    }

    private Outliers energies(Classifier classifier) {
        List<Float> energies = new ArrayList<>();
        for (Path file : files) {
            try {
                energies.add((float) classifier.classify(file).certainty().energy());
            } catch (IOException e) {
                throw new ResidualException(
                        Kind.BAD_DATA, file + ": cannot be read (" + IoErrors.reason(e) + "): remove it", e);
            }
        }
        return new Outliers(folder.toString(), energies);
    }
}
