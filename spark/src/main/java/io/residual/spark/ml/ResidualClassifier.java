package io.residual.spark.ml;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.ClassifierOptions;
import io.residual.spark.predict.ClassifierSettings;
import io.residual.spark.predict.ClusterModel;
import io.residual.spark.predict.PackedModel;
import io.residual.training.run.RunDirectory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The model of a run as a stage of a pipeline, which is saved with it:
 *
 * <pre>{@code
 * Dataset<Row> images = spark.read().format("binaryFile").load("images");
 * ResidualClassifier classifier = ResidualClassifier.open(Path.of("runs/first"));
 * Dataset<Row> predictions = new Pipeline().setStages(new PipelineStage[] {classifier}).fit(images).transform(images);
 * }</pre>
 *
 * <p>It takes a column of the bytes of image files, or of images as Spark's {@code image} source reads them, and adds four:
 * {@code prediction}, the number of the most likely class; {@code probability}, a vector with the probability of each class;
 * {@code class}, the name of the most likely class, or null if it is less probable than the options ask; and {@code error},
 * the reason if the image cannot be read, in which case the other three are null.
 *
 * <p>Each executor opens the model once. Executors need the classes of this module, the native libraries among them.
 */
public final class ResidualClassifier extends Transformer implements MLWritable {
    private static final long serialVersionUID = 1;
    private static final String INPUT = "content";

    private final String uid;
    private final PackedModel model;
    private final ClassifierSettings settings;
    private final List<String> classNames;
    private final Param<String> inputCol;
    private final Param<String> predictionCol;
    private final Param<String> probabilityCol;
    private final Param<String> classCol;
    private final Param<String> errorCol;

    ResidualClassifier(String uid, PackedModel model, ClassifierSettings settings, List<String> classNames) {
        this.uid = uid;
        this.model = model;
        this.settings = settings;
        this.classNames = List.copyOf(classNames);
        inputCol = column("inputCol", "bytes of image files, or images as Spark reads them", INPUT);
        predictionCol = column("predictionCol", "number of the most likely class", "prediction");
        probabilityCol = column("probabilityCol", "vector of the probabilities of all classes", "probability");
        classCol = column("classCol", "name of the most likely class", "class");
        errorCol = column("errorCol", "why an image cannot be read", "error");
    }

    private Param<String> column(String name, String content, String otherwise) {
        Param<String> param = new Param<>(uid, name, "name of the column: " + content);
        setDefault(param, otherwise);
        return param;
    }

    /**
     * The last model of a run, or of the runs of an ensemble.
     *
     * @throws ResidualException of kind BAD_RUN if the run or its model cannot be read
     */
    public static ResidualClassifier open(Path run) {
        return open(run, ClassifierOptions.DEFAULT);
    }

    /**
     * A model of a run.
     *
     * @param options which of the weights, and how it classifies; batches and queue are those of the default
     * @throws ResidualException of kind BAD_RUN if the run or its model cannot be read; BAD_SETTING if the model's calibration
     *     cannot give the coverage
     */
    public static ResidualClassifier open(Path run, ClassifierOptions options) {
        PackedModel model = PackedModel.of(RunDirectory.open(run), options.checkpoint());
        try (Classifier classifier = Classifier.open(run, options)) {
            return new ResidualClassifier(
                    "ResidualClassifier_" + UUID.randomUUID(),
                    model,
                    ClassifierSettings.of(options),
                    classifier.classNames());
        }
    }

    /** Reads a classifier that was saved, alone or in a pipeline. */
    public static ResidualClassifier load(String path) {
        return read().load(path);
    }

    /** For Spark, which reads the stages of a pipeline by this method. */
    public static MLReader<ResidualClassifier> read() {
        return new SavedClassifier.Reader();
    }

    @Override
    public MLWriter write() {
        return new SavedClassifier.Writer(this);
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType schema = transformSchema(dataset.schema());
        ClusterModel sent = ClusterModel.of(
                JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext()), model, settings);
        int input = dataset.schema().fieldIndex(getOrDefault(inputCol));
        return dataset.toDF().mapPartitions(new ClassifyRows(sent, input), Encoders.row(schema));
    }

    @Override
    public StructType transformSchema(StructType schema) {
        String input = getOrDefault(inputCol);
        if (!Arrays.asList(schema.fieldNames()).contains(input)) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "inputCol: there is no column " + input + " among " + String.join(", ", schema.fieldNames())
                            + ": name one of bytes or of images");
        }
        DataType type = schema.apply(input).dataType();
        if (!type.equals(DataTypes.BinaryType) && !isImage(type)) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "inputCol: the column " + input + " is of type " + type.simpleString()
                            + ": name one of bytes or of images");
        }
        return add(
                add(
                        add(
                                add(schema, predictionCol, DataTypes.DoubleType),
                                probabilityCol,
                                SQLDataTypes.VectorType()),
                        classCol,
                        DataTypes.StringType),
                errorCol,
                DataTypes.StringType);
    }

    /** Sources differ in which fields they call nullable. */
    private static boolean isImage(DataType type) {
        return type.catalogString().equals(ImageSchema.columnSchema().catalogString());
    }

    private StructType add(StructType schema, Param<String> column, DataType type) {
        String name = getOrDefault(column);
        if (Arrays.asList(schema.fieldNames()).contains(name)) {
            throw new ResidualException(
                    Kind.BAD_SETTING, column.name() + ": there is a column " + name + " already: give another name");
        }
        return schema.add(name, type, true);
    }

    @Override
    public ResidualClassifier copy(ParamMap extra) {
        return copyValues(new ResidualClassifier(uid, model, settings, classNames), extra);
    }

    @Override
    public String uid() {
        return uid;
    }

    /** The names of the classes, in the order of the vector of probabilities. */
    public List<String> classNames() {
        return classNames;
    }

    PackedModel model() {
        return model;
    }

    ClassifierSettings settings() {
        return settings;
    }

    public Param<String> inputCol() {
        return inputCol;
    }

    public Param<String> predictionCol() {
        return predictionCol;
    }

    public Param<String> probabilityCol() {
        return probabilityCol;
    }

    public Param<String> classCol() {
        return classCol;
    }

    public Param<String> errorCol() {
        return errorCol;
    }

    /** Names the column of images; {@value #INPUT} otherwise. */
    public ResidualClassifier setInputCol(String name) {
        return with(inputCol, name);
    }

    public ResidualClassifier setPredictionCol(String name) {
        return with(predictionCol, name);
    }

    public ResidualClassifier setProbabilityCol(String name) {
        return with(probabilityCol, name);
    }

    public ResidualClassifier setClassCol(String name) {
        return with(classCol, name);
    }

    public ResidualClassifier setErrorCol(String name) {
        return with(errorCol, name);
    }

    private ResidualClassifier with(Param<String> column, String name) {
        set(column, name);
        return this;
    }
}
