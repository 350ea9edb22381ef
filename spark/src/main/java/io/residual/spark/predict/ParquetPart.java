package io.residual.spark.predict;

import io.residual.evaluation.predict.PredictionQueue.Content;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * Row groups of a Parquet file with the bytes of an image file in each row.
 *
 * @param name of the file in the words of the user
 * @param uri where executors find it
 * @param columns which of them has the bytes, and which the names
 * @param rows which rows these are, by their number and their place in the file
 */
record ParquetPart(String name, String uri, ImageColumns columns, RowRange rows) implements ImagePart {
    /**
     * Row groups.
     *
     * @param first number of the first row
     * @param count of rows
     * @param start the first byte
     * @param end behind the last byte
     */
    record RowRange(long first, long count, long start, long end) implements Serializable {}

    /**
     * A part for each row group of a file.
     *
     * @throws io.residual.core.ResidualException of kind BAD_DATA if the file has no column of images
     * @throws IOException if it cannot be read
     */
    static List<ParquetPart> plan(String name, String uri, Configuration storage) throws IOException {
        ParquetMetadata footer;
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(new Path(uri), storage))) {
            footer = reader.getFooter();
        } catch (RuntimeException e) {
            // What is no Parquet file, or a damaged one, has no exception of its own.
            throw new IOException("it is no Parquet file, or damaged: " + e.getMessage(), e);
        }
        ImageColumns columns = ImageColumns.of(footer.getFileMetaData().getSchema(), name);
        List<ParquetPart> parts = new ArrayList<>();
        long row = 0;
        for (BlockMetaData block : footer.getBlocks()) {
            if (block.getRowCount() > 0) {
                long start = block.getStartingPos();
                parts.add(new ParquetPart(
                        name,
                        uri,
                        columns,
                        new RowRange(row, block.getRowCount(), start, start + block.getCompressedSize())));
            }
            row += block.getRowCount();
        }
        return parts;
    }

    @Override
    public void read(Configuration storage, Sink sink) throws IOException {
        Configuration projected = new Configuration(storage);
        projected.set(ReadSupport.PARQUET_READ_SCHEMA, columns.projection());
        try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), new Path(uri))
                .withConf(projected)
                .withFileRange(rows.start(), rows.end())
                .build()) {
            long row = rows.first();
            for (Group group = reader.read(); group != null; group = reader.read()) {
                long at = row++;
                sink.image(columns.name(group).orElseGet(() -> name + "[" + at + "]"), content(group));
            }
        }
    }

    private Content content(Group group) {
        return columns.bytes(group)
                .<Content>map(bytes -> decoder -> decoder.decode(bytes))
                .orElse(decoder -> {
                    throw new IOException("the row has no bytes");
                });
    }

    @Override
    public String fingerprint() {
        return name + " " + uri + " " + columns + " " + rows;
    }

    @Override
    public long images() {
        return rows.count();
    }
}
