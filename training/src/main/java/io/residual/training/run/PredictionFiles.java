package io.residual.training.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files of a run that its predictions need: copied elsewhere under the same names, they are a run that predicts alike. */
public final class PredictionFiles {
    private PredictionFiles() {}

    /**
     * Those of a run, or of an ensemble and its runs.
     *
     * @param model which of the models; empty if its weights come from elsewhere
     * @return files within the directory of the run
     * @throws io.residual.core.ResidualException of kind BAD_RUN if the model is missing
     */
    public static List<Path> of(RunDirectory run, Optional<SavedModel> model) {
        List<Path> files = new ArrayList<>(description(run));
        if (run.isEnsemble()) {
            files.add(run.path().resolve(EnsembleFile.NAME));
            run.members().forEach(member -> files.addAll(of(member, model)));
        } else if (model.isPresent()) {
            files.add(run.existingModelFile(model.get()));
            addIfThere(files, run.path().resolve(ModelDigests.FILE));
        }
        return files;
    }

    private static List<Path> description(RunDirectory run) {
        List<Path> files = new ArrayList<>(List.of(run.specFile(), run.manifestFile()));
        for (SavedModel model : SavedModel.values()) {
            addIfThere(files, run.calibrationFile(model));
            addIfThere(files, run.rangesFile(model));
        }
        return files;
    }

    private static void addIfThere(List<Path> files, Path file) {
        if (Files.exists(file)) {
            files.add(file);
        }
    }
}
