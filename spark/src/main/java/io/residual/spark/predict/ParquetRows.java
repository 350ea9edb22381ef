package io.residual.spark.predict;

import io.residual.evaluation.predict.Prediction;
import io.residual.evaluation.predict.PredictionQueue.Failed;
import io.residual.evaluation.predict.PredictionQueue.Predicted;
import io.residual.evaluation.predict.PredictionQueue.Result;
import io.residual.spark.cluster.LocalFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Predictions as rows of a Parquet file, with the columns that the JSON lines have names for. */
final class ParquetRows implements PartFormat.Writer {
    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType("""
        message prediction {
          required binary file (STRING);
          optional binary class (STRING);
          optional float probability;
          optional boolean inverted;
          optional boolean abstained;
          optional group set (LIST) { repeated group list { required binary element (STRING); } }
          optional double coverage;
          optional float energy;
          optional float outlierPValue;
          optional group probabilities (MAP) {
            repeated group key_value { required binary key (STRING); required float value; }
          }
          optional binary error (STRING);
        }
        """);

    private final SimpleGroupFactory rows = new SimpleGroupFactory(SCHEMA);
    private final ParquetWriter<Group> writer;

    ParquetRows(Path file) throws IOException {
        writer = ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
                .withType(SCHEMA)
                .withConf(LocalFiles.configuration())
                .withCompressionCodec(CompressionCodecName.SNAPPY)
                .build();
    }

    @Override
    public void write(String file, Result result) throws IOException {
        Group row = rows.newGroup().append("file", file);
        if (result instanceof Failed failed) {
            row.append("error", failed.reason());
        } else {
            add(((Predicted) result).prediction(), row);
        }
        writer.write(row);
    }

    private static void add(Prediction prediction, Group row) {
        Prediction.Certainty certainty = prediction.certainty();
        if (!certainty.abstained()) {
            row.append("class", prediction.className());
        }
        row.append("probability", (float) prediction.probability())
                .append("inverted", prediction.inverted())
                .append("abstained", certainty.abstained());
        certainty.set().ifPresent(set -> {
            Group names = row.addGroup("set");
            set.classNames().forEach(name -> names.addGroup("list").append("element", name));
            row.append("coverage", set.coverage());
        });
        row.append("energy", (float) certainty.energy());
        certainty.outlierPValue().ifPresent(p -> row.append("outlierPValue", (float) p));
        Group all = row.addGroup("probabilities");
        prediction
                .probabilities()
                .forEach(p -> all.addGroup("key_value")
                        .append("key", p.className())
                        .append("value", (float) p.probability()));
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
