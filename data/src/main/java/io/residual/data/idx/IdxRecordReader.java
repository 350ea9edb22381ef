package io.residual.data.idx;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;
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
 * Records of a pair of IDX files, in the files' order: {@code [image, label]}, the image a FLOAT array of shape
 * [1, 1, rows, columns] (example, channel, height, width; as of DataVec's own image reader, so that an iterator stacks
 * records to [N, 1, rows, columns]) with pixels from 0 to 255, the label an {@link IntWritable}.
 *
 * <p>{@link #initialize(InputSplit)} takes a split of two locations, first the images, then the labels, and reads both
 * files whole; every fault of the files shows there, as a {@link ResidualException} of kind BAD_DATA.
 * {@link #next(int)} makes one array of a whole batch, many times faster than single records.
 *
 * <p>Not safe for use by several threads. Serializable in name only, as DataVec's interface asks for it: a
 * copy must be initialized before use.
 */
public final class IdxRecordReader extends BaseRecordReader {
    private static final int IMAGE = 0;
    private static final int LABEL = 1;

    private final ArrayList<String> classNames;
    private final int firstLabel;
    private @Nullable Configuration conf;
    private transient @Nullable IdxFile images;
    private transient @Nullable IdxFile labels;
    private @Nullable URI location;
    private int next;

    /**
     * Makes a reader that must be initialized.
     *
     * @param classNames the classes in the order of their labels; their number bounds the labels
     */
    public IdxRecordReader(List<String> classNames) {
        this(classNames, 0);
    }

    private IdxRecordReader(List<String> classNames, int firstLabel) {
        this.classNames = new ArrayList<>(classNames);
        this.firstLabel = firstLabel;
    }

    /** A reader of two files, ready to read. */
    public static IdxRecordReader of(URI images, URI labels, List<String> classNames) {
        return of(images, labels, classNames, 0);
    }

    /**
     * A reader of two files, ready to read.
     *
     * @param firstLabel what the file of labels calls the first class; records call it 0
     */
    public static IdxRecordReader of(URI images, URI labels, List<String> classNames, int firstLabel) {
        var reader = new IdxRecordReader(classNames, firstLabel);
        reader.initialize(new CollectionInputSplit(List.of(images, labels)));
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
        if (split instanceof StreamInputSplit streams && streams.getStreamCreatorFn() != null) {
            streamCreatorFn = streams.getStreamCreatorFn();
        }
        IdxFile readImages = read(locations[IMAGE], IdxFile::readImages);
        IdxFile readLabels = read(
                locations[LABEL], (name, stream) -> IdxFile.readLabels(name, stream, classNames.size(), firstLabel));
        if (readImages.count() != readLabels.count()) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    String.format(
                            Locale.ROOT,
                            "%s has %,d images, but %s has %,d labels. Do the files belong together?",
                            readImages.name(),
                            readImages.count(),
                            readLabels.name(),
                            readLabels.count()));
        }
        images = readImages;
        labels = readLabels;
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
        return next < images().count();
    }

    @Override
    public List<Writable> next() {
        List<Writable> read = recordAt(nextIndex());
        invokeListeners(read);
        return read;
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
     * [N, 1, rows, columns] and [N, 1], both FLOAT. As a list it has the records of {@link #next()}.
     *
     * @throws NoSuchElementException if no record is left
     */
    @Override
    public List<List<Writable>> next(int num) {
        if (num < 1) {
            throw new IllegalArgumentException("a batch has at least one record, not " + num);
        }
        int first = nextIndex();
        int size = Math.min(num, images().count() - first);
        next = first + size;
        float[] classes = new float[size];
        labels().copy(first, classes);
        var batch = new Batch(pixels(first, size), Nd4j.create(classes, size, 1));
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
                || index.getIndex() >= images().count()) {
            throw new IllegalArgumentException("not a record of " + location + ": " + recordMetaData.getLocation());
        }
        return new org.datavec.api.records.impl.Record(recordAt((int) index.getIndex()), recordMetaData);
    }

    @Override
    public List<Record> loadFromMetaData(List<RecordMetaData> recordMetaDatas) {
        List<Record> records = new ArrayList<>(recordMetaDatas.size());
        for (RecordMetaData metaData : recordMetaDatas) {
            records.add(loadFromMetaData(metaData));
        }
        return records;
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
        labels = null;
    }

    public int count() {
        return images().count();
    }

    public int rows() {
        return images().rows();
    }

    public int columns() {
        return images().columns();
    }

    String imagesSha256() {
        return images().sha256();
    }

    String labelsSha256() {
        return labels().sha256();
    }

    /** SHA-256 of the decompressed content of both files, by their names without {@code .gz}. */
    public SortedMap<String, String> digests() {
        SortedMap<String, String> digests = new TreeMap<>();
        digests.put(plainName(images()), imagesSha256());
        digests.put(plainName(labels()), labelsSha256());
        return digests;
    }

    private static String plainName(IdxFile file) {
        String path = file.name();
        String name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        return name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
    }

    private int nextIndex() {
        if (!hasNext()) {
            throw new NoSuchElementException("all " + images().count() + " records of " + location + " are read");
        }
        return next++;
    }

    private List<Writable> recordAt(int index) {
        return List.of(new NDArrayWritable(pixels(index, 1)), new IntWritable(labels().value(index)));
    }

    private INDArray pixels(int first, int size) {
        IdxFile file = images();
        int length = file.rows() * file.columns();
        float[] pixels = new float[Math.multiplyExact(size, length)];
        file.copy(first * length, pixels);
        return Nd4j.create(pixels, new long[] {size, 1, file.rows(), file.columns()}, DataType.FLOAT);
    }

    private IdxFile images() {
        return initialized(images);
    }

    private IdxFile labels() {
        return initialized(labels);
    }

    private static IdxFile initialized(@Nullable IdxFile file) {
        if (file == null) {
            throw new IllegalStateException("initialize the reader with a split of images and labels first");
        }
        return file;
    }

    private interface Parser {
        IdxFile parse(String name, InputStream stream);
    }

    private IdxFile read(URI uri, Parser parser) {
        String name = "file".equals(uri.getScheme()) ? Path.of(uri).toString() : uri.toString();
        try (InputStream stream = open(uri)) {
            return parser.parse(name, stream);
        } catch (NoSuchFileException e) {
            throw new ResidualException(Kind.BAD_DATA, name + ": no such file", e);
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_DATA, name + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private InputStream open(URI uri) throws IOException {
        if (inputSplit instanceof StreamInputSplit) {
            return streamCreatorFn.apply(uri);
        }
        // A resource of the class path has a jar: address once the project is packaged.
        return "file".equals(uri.getScheme())
                ? Files.newInputStream(Path.of(uri))
                : uri.toURL().openStream();
    }

    /** A batch that, taken record by record, has an integer label as single records have. */
    private static final class Batch extends NDArrayRecordBatch {
        Batch(INDArray images, INDArray labels) {
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
