package io.residual.evaluation.review;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.data.ClassNames;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxWriter;
import io.residual.training.run.LabelDecisions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A copy of a data set with the labels that reviewers have decided, without the images that they dropped, in the form that the
 * data have: IDX files, or folders of unchanged image files. Nothing is changed in the data themselves.
 */
public final class CleanCopy {
    private final DataSource source;
    private final LabelDecisions decisions;
    private final Path decisionFile;
    private final Path target;

    private CleanCopy(DataSource source, LabelDecisions decisions, Path decisionFile, Path target) {
        this.source = source;
        this.decisions = decisions;
        this.decisionFile = decisionFile;
        // So that it is made where it is checked.
        this.target = target.normalize();
    }

    /**
     * Writes the copy.
     *
     * @param source with the labels that the data have
     * @param decisionFile where the decisions are, for messages
     * @param target a directory that does not exist or is empty
     * @return how many images were written
     * @throws ResidualException of kind BAD_DATA if decisions were made on other images, BAD_SETTING if the target is not empty
     *     or within the data, BAD_RUN if it cannot be written
     */
    public static int write(DataSource source, LabelDecisions decisions, Path decisionFile, Path target) {
        return new CleanCopy(source, decisions, decisionFile, target).write();
    }

    private int write() {
        ImageSet training = source.wholeTraining();
        Map.Entry<String, String> where =
                Map.entry(decisionFile.toString(), source.origin().place());
        decisions.requireMadeOn(training, Split.TRAIN, where);
        Map<Split, ImageSet> parts = new HashMap<>(Map.of(Split.TRAIN, training));
        if (source.has(Split.TEST)) {
            ImageSet test = source.open(Split.TEST, StratifiedSplit.SEED);
            decisions.requireMadeOn(test, Split.TEST, where);
            parts.put(Split.TEST, test);
        }
        requireFree();
        int written = 0;
        if (!training.isOfFiles()) {
            for (Map.Entry<Split, ImageSet> part : parts.entrySet()) {
                ImageSet cleaned = decisions.apply(part.getValue(), part.getKey());
                IdxWriter.write(target, cleaned, part.getKey());
                written += cleaned.size();
            }
            return written;
        }
        if (source.has(Split.VALIDATION)) {
            written += copy(source.open(Split.VALIDATION, StratifiedSplit.SEED), Split.TRAIN);
        }
        for (Map.Entry<Split, ImageSet> part : parts.entrySet()) {
            written += copy(part.getValue(), part.getKey());
        }
        return written;
    }

    private void requireFree() {
        try {
            Path data = Path.of(source.origin().place());
            if (Files.isDirectory(data) && realPath(target).startsWith(data.toRealPath())) {
                throw new ResidualException(
                        Kind.BAD_SETTING, target + ": is within the data: give a directory outside of " + data);
            }
            Files.createDirectories(target);
            try (Stream<Path> files = Files.list(target)) {
                if (files.findAny().isPresent()) {
                    throw new ResidualException(
                            Kind.BAD_SETTING, target + ": is not empty: give a new directory for the cleaned copy");
                }
            }
        } catch (IOException e) {
            throw unwritable(target, e);
        }
    }

    /** Of the directory itself, or of the innermost one around it that exists. */
    private static Path realPath(Path directory) throws IOException {
        Path path = directory.toAbsolutePath();
        while (!Files.exists(path) && path.getParent() != null) {
            path = path.getParent();
        }
        return path.toRealPath();
    }

    private static ResidualException unwritable(Path file, IOException e) {
        return new ResidualException(
                Kind.BAD_RUN, file + ": cannot be written (" + IoErrors.reason(e) + "): is there space?", e);
    }

    /** Copies files, each into the folder of its class. */
    private int copy(ImageSet images, Split part) {
        ImageSet cleaned = decisions.apply(images, part);
        Path root = Path.of(source.origin().place());
        // Names start with the folder of the part, if the data have parts.
        int classAt = images.digests().containsKey(".") ? 0 : 1;
        for (int i = 0; i < cleaned.size(); i++) {
            Path name = Path.of(cleaned.name(i));
            String className = cleaned.classNames().get(cleaned.label(i));
            Path to = ClassNames.canonical(name.getName(classAt).toString()).equals(className)
                    ? target.resolve(name)
                    : moved(name, classAt, className, root);
            try {
                Files.createDirectories(to.resolveSibling(""));
                Files.copy(root.resolve(name), to);
            } catch (IOException e) {
                throw unwritable(to, e);
            }
        }
        return cleaned.size();
    }

    /** In the folder of another class, under a name that no file there has in the data. */
    private Path moved(Path name, int classAt, String className, Path root) {
        Path folder =
                classAt == 0 ? Path.of(className) : name.subpath(0, classAt).resolve(className);
        Path inside = folder.resolve(name.subpath(classAt + 1, name.getNameCount()));
        String file = String.valueOf(inside.getFileName());
        int dot = file.lastIndexOf('.') > 0 ? file.lastIndexOf('.') : file.length();
        List<String> tries =
                List.of(file, file.substring(0, dot) + " from " + name.getName(classAt) + file.substring(dot));
        for (String each : tries) {
            Path free = inside.resolveSibling(each);
            if (!Files.exists(root.resolve(free)) && !Files.exists(target.resolve(free))) {
                return target.resolve(free);
            }
        }
        throw new ResidualException(
                Kind.BAD_DATA, target.resolve(inside) + ": several files would have this name: rename " + name);
    }
}
