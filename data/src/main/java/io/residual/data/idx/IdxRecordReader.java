package io.residual.data.idx;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.data.ImageSet;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.datavec.api.conf.Configuration;
import org.datavec.api.records.Record;
import org.datavec.api.records.metadata.RecordMetaData;
import org.datavec.api.records.metadata.RecordMetaDataIndex;
import org.datavec.api.records.reader.BaseRecordReader;
import org.datavec.api.split.CollectionInputSplit;
import org.datavec.api.split.InputSplit;
import org.datavec.api.split.StreamInputSplit;
import org.datavec.api.writable.IntWritable;
import org.datavec.api.writable.NDArrayWritable;
import org.datavec.api.writable.Writable;
import org.datavec.api.writable.batch.NDArrayRecordBatch;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An {@link ImageSet} for DataVec pipelines, such as those of IDX files: records {@code [image, label]} in the order of the set,
 * the image a FLOAT array of shape [1, channels, height, width] (example first, as of DataVec's own image reader, so that an
 * iterator stacks records to [N, channels, height, width]) with pixels from 0 to 255, the label an {@link IntWritable}.
 *
 * <p>{@link #initialize(InputSplit)} takes a split of two IDX files, first the images, then the labels, and reads both
 * completely; every error in the files shows there, as a {@link ResidualException} of kind BAD_DATA. {@link #next(int)} makes one
 * array of a complete batch, many times faster than single records.
 *
 * <p>Not safe for use by several threads. Serializable in name only, as DataVec's interface asks for it: a
 * copy must be initialized before use.
 */
public final class IdxRecordReader extends BaseRecordReader {
    private static final int IMAGE = 0;
    private static final int LABEL = 1;

    private final ArrayList<String> classNames;
    private @Nullable Configuration conf;
    private transient @Nullable ImageSet images;
    private @Nullable URI location;
    private int next;

    /**
     * A reader that must be initialized.
     *
     * @param classNames the classes in the order of their labels; their number bounds the labels
     */
    public IdxRecordReader(List<String> classNames) {
        this.classNames = new ArrayList<>(classNames);
    }

    /** A reader of two files, ready to read. */
    public static IdxRecordReader of(URI images, URI labels, List<String> classNames) {
        IdxRecordReader reader = new IdxRecordReader(classNames);
        reader.initialize(new CollectionInputSplit(List.of(images, labels)));
        return reader;
    }

    /** A reader of images that were read already, from IDX files or from elsewhere, ready to read. */
    public static IdxRecordReader of(ImageSet images) {
        IdxRecordReader reader = new IdxRecordReader(images.classNames());
        reader.images = images;
        return reader;
    }

    @Override
    public void initialize(InputSplit split) {
        URI[] locations = split.locations();
        if (locations.length != 2) {
            throw new IllegalArgumentException(
                    "expected a split of two locations, images and labels, found " + locations.length);
        }
        inputSplit = split;
        int classes = classNames.size();
        if (split instanceof StreamInputSplit streams && streams.getStreamCreatorFn() != null) {
            streamCreatorFn = streams.getStreamCreatorFn();
            try (InputStream imageStream = streamCreatorFn.apply(locations[IMAGE]);
                    InputStream labelStream = streamCreatorFn.apply(locations[LABEL])) {
                images = IdxFile.readImages(locations[IMAGE].toString(), imageStream)
                        .withLabels(IdxFile.readLabels(locations[LABEL].toString(), labelStream, classes), classNames);
            } catch (IOException e) {
                throw new ResidualException(
                        Kind.BAD_DATA, locations[IMAGE] + ": cannot be read (" + IoErrors.reason(e) + ")", e);
            }
        } else {
            images = IdxFile.readImages(locations[IMAGE])
                    .withLabels(IdxFile.readLabels(locations[LABEL], classes, 0), classNames);
        }
        location = locations[IMAGE];
        next = 0;
    }

    @Override
    public void initialize(Configuration configuration, InputSplit split) {
        conf = configuration;
        initialize(split);
    }

    @Override
    public boolean hasNext() {
        return next < images().size();
    }

    @Override
    public List<Writable> next() {
        return nextRecord().getRecord();
    }

    @Override
    public Record nextRecord() {
        int index = nextIndex();
        List<Writable> read = recordAt(index);
        invokeListeners(read);
        return new org.datavec.api.records.impl.Record(
                read, new RecordMetaDataIndex(index, location, IdxRecordReader.class));
    }

    @Override
    public boolean batchesSupported() {
        return true;
    }

    /**
     * The next records as one batch, fewer than asked for at the end: arrays {@code [images, labels]} of shapes
     * [N, channels, height, width] and [N, 1], both FLOAT. As a list it has the records of {@link #next()}.
     *
     * @throws NoSuchElementException if no record is left
     */
    @Override
    public List<List<Writable>> next(int num) {
        if (num < 1) {
            throw new IllegalArgumentException("a batch has at least one record, not " + num);
        }
        int first = nextIndex();
        int size = Math.min(num, images().size() - first);
        next = first + size;
        float[] labels = new float[size];
        for (int i = 0; i < size; i++) {
            labels[i] = images().label(first + i);
        }
        RecordBatch batch = new RecordBatch(pixels(first, size), Nd4j.create(labels, size, 1));
        invokeListeners(batch);
        return batch;
    }

    @Override
    public List<String> getLabels() {
        return List.copyOf(classNames);
    }

    @Override
    public void reset() {
        next = 0;
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    /**
     * Not supported: a record is made of two files, not of one stream.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public List<Writable> record(URI uri, DataInputStream dataInputStream) {
        throw new UnsupportedOperationException(
                "a record is made of two IDX files, images and labels, and cannot be read from the one stream of "
                        + uri);
    }

    @Override
    public Record loadFromMetaData(RecordMetaData recordMetaData) {
        if (!(recordMetaData instanceof RecordMetaDataIndex index)
                || index.getIndex() < 0
                || index.getIndex() >= images().size()) {
            throw new IllegalArgumentException("not a record of " + location + ": " + recordMetaData.getLocation());
        }
        return new org.datavec.api.records.impl.Record(recordAt((int) index.getIndex()), recordMetaData);
    }

    @Override
    public List<Record> loadFromMetaData(List<RecordMetaData> recordMetaDatas) {
        return recordMetaDatas.stream().map(this::loadFromMetaData).toList();
    }

    @Override
    public void setConf(Configuration configuration) {
        conf = configuration;
    }

    @Override
    public @Nullable Configuration getConf() {
        return conf;
    }

    /** Frees the memory; the reader must be initialized to be used again. */
    @Override
    public void close() {
        images = null;
    }

    private int nextIndex() {
        if (!hasNext()) {
            throw new NoSuchElementException("all " + images().size() + " records of " + location + " are read");
        }
        return next++;
    }

    private List<Writable> recordAt(int index) {
        return List.of(new NDArrayWritable(pixels(index, 1)), new IntWritable(images().label(index)));
    }

    private INDArray pixels(int first, int size) {
        ImageSet set = images();
        byte[] image = new byte[set.channels() * set.height() * set.width()];
        float[] pixels = new float[Math.multiplyExact(size, image.length)];
        for (int at = 0; at < pixels.length; at++) {
            int pixel = at % image.length;
            if (pixel == 0) {
                set.copyPixels(first + at / image.length, image, 0);
            }
            pixels[at] = image[pixel] & 0xff;
        }
        return Nd4j.create(pixels, new long[] {size, set.channels(), set.height(), set.width()}, DataType.FLOAT);
    }

    private ImageSet images() {
        if (images == null) {
            throw new IllegalStateException("initialize the reader with a split of images and labels first");
        }
        return images;
    }

    /** A batch that, taken record by record, has an integer label as single records have. */
    private static final class RecordBatch extends NDArrayRecordBatch {
        RecordBatch(INDArray images, INDArray labels) {
            super(List.of(images, labels));
        }

        @Override
        public List<Writable> get(int index) {
            List<Writable> arrays = super.get(index);
            INDArray label = ((NDArrayWritable) arrays.get(LABEL)).get();
            return List.of(arrays.get(IMAGE), new IntWritable(label.getInt(0)));
        }
    }
}
