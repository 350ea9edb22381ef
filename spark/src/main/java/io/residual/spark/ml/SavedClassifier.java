package io.residual.spark.ml;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.spark.predict.ClassifierSettings;
import io.residual.spark.predict.PackedModel;
import io.residual.training.run.StrictJson;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;

/**
 * A classifier in a folder: Spark's {@code metadata}, {@code classifier.json}, and the files of the run in {@code run}. None of
 * them holds a Java object.
 *
 * @param checkpoint which of the weights
 * @param classNames in the order of the network's outputs
 * @param files of the run
 */
record SavedClassifier(String checkpoint, ClassifierSettings settings, List<String> classNames, List<String> files) {
    private static final String DESCRIPTION = "classifier.json";
    private static final String RUN = "run";
    private static final int MAX_DESCRIPTION = 1 << 20;

    SavedClassifier {
        classNames = List.copyOf(classNames);
        files = List.copyOf(files);
    }

    /** Writes into a folder that Spark has emptied. */
    static final class Writer extends MLWriter {
        private final ResidualClassifier classifier;

        Writer(ResidualClassifier classifier) {
            this.classifier = classifier;
        }

        @Override
        public void saveImpl(String path) {
            DefaultParamsWriter.saveMetadata(classifier, path, sc(), Option.empty(), Option.empty());
            PackedModel model = classifier.model();
            SavedClassifier description = new SavedClassifier(
                    model.checkpoint(),
                    classifier.settings(),
                    classifier.classNames(),
                    List.copyOf(model.files().keySet()));
            Path folder = new Path(path);
            try {
                FileSystem files = files(folder, sc());
                for (Map.Entry<String, byte[]> file : model.files().entrySet()) {
                    write(files, new Path(folder, RUN + "/" + file.getKey()), file.getValue());
                }
                write(
                        files,
                        new Path(folder, DESCRIPTION),
                        StrictJson.pretty(description).getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void write(FileSystem files, Path file, byte[] content) throws IOException {
            try (OutputStream out = files.create(file)) {
                out.write(content);
            }
        }
    }

    /** Reads what {@link Writer} has written. */
    static final class Reader extends MLReader<ResidualClassifier> {
        @Override
        public ResidualClassifier load(String path) {
            DefaultParamsReader.Metadata metadata =
                    DefaultParamsReader.loadMetadata(path, sc(), ResidualClassifier.class.getName());
            Path folder = new Path(path);
            SavedClassifier saved;
            SortedMap<String, byte[]> content = new TreeMap<>();
            try {
                FileSystem files = files(folder, sc());
                saved = description(files, new Path(folder, DESCRIPTION));
                for (String name : saved.files()) {
                    content.put(name, read(files, new Path(folder, RUN + "/" + name), Integer.MAX_VALUE - 8));
                }
            } catch (FileNotFoundException e) {
                throw new ResidualException(
                        Kind.BAD_RUN, path + ": a file of the saved classifier is missing: " + e.getMessage(), e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            ResidualClassifier classifier = new ResidualClassifier(
                    metadata.uid(), new PackedModel(content, saved.checkpoint()), saved.settings(), saved.classNames());
            metadata.getAndSetParams(classifier, Option.empty());
            return classifier;
        }

        private static SavedClassifier description(FileSystem files, Path file) throws IOException {
            try {
                return StrictJson.read(
                        new String(read(files, file, MAX_DESCRIPTION), StandardCharsets.UTF_8), SavedClassifier.class);
            } catch (IllegalArgumentException e) {
                throw new ResidualException(
                        Kind.BAD_RUN, file + ": " + e.getMessage() + ": save the classifier again", e);
            }
        }

        private static byte[] read(FileSystem files, Path file, int limit) throws IOException {
            try (InputStream in = files.open(file)) {
                return in.readNBytes(limit);
            }
        }
    }

    private static FileSystem files(Path folder, SparkContext context) throws IOException {
        return folder.getFileSystem(context.hadoopConfiguration());
    }
}
