package io.residual.data.idx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ImageShape;
import io.residual.data.IdxBytes;
import io.residual.data.ImageSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.datavec.api.records.Record;
import org.datavec.api.records.listener.impl.LogRecordListener;
import org.datavec.api.records.metadata.RecordMetaData;
import org.datavec.api.records.metadata.RecordMetaDataIndex;
import org.datavec.api.split.CollectionInputSplit;
import org.datavec.api.writable.IntWritable;
import org.datavec.api.writable.NDArrayWritable;
import org.datavec.api.writable.Writable;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class IdxRecordReaderTest {
    private static final int[] LABELS = {3, 0, 2, 2, 1};
    private static final List<String> NAMES = List.of("ant", "bee", "cat", "dog");

    @TempDir
    Path folder;

    private IdxRecordReader reader;

    @BeforeEach
    void five_images_of_2_by_3_pixels() {
        reader = open(IdxBytes.images(5, 2, 3), IdxBytes.labels(LABELS));
    }

    @Test
    void a_record_is_an_image_and_its_label() {
        reader.next();
        List<Writable> second = reader.next();

        INDArray image = ((NDArrayWritable) second.get(0)).get();
        assertThat(image.shape()).containsExactly(1, 1, 2, 3);
        assertThat(image.data().asFloat()).containsExactly(31, 32, 33, 38, 39, 40);
        assertThat(second.get(1)).isEqualTo(new IntWritable(0));
    }

    @Test
    void pixels_over_127_are_not_negative() {
        INDArray images = batchOf(5).get(0);
        // image 4, row 1, column 2: 4 * 31 + 7 + 2
        assertThat(images.getFloat(4, 0, 1, 2)).isEqualTo(133);
    }

    @Test
    void a_batch_has_the_records_that_reading_singly_gives() {
        List<List<Writable>> singly = new ArrayList<>();
        while (reader.hasNext()) {
            singly.add(reader.next());
        }
        reader.reset();

        List<List<Writable>> batched = new ArrayList<>();
        for (int size : new int[] {3, 2}) {
            List<List<Writable>> batch = reader.next(3);
            assertThat(batch.size()).isEqualTo(size);
            for (int i = 0; i < size; i++) {
                batched.add(batch.get(i));
            }
        }

        assertThat(batched).isEqualTo(singly);
        assertThat(reader.hasNext()).isFalse();
    }

    @Test
    void reading_past_the_end_is_an_error() {
        reader.next(5);

        assertThatThrownBy(() -> reader.next())
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageStartingWith("all 5 records of file:");
        assertThatThrownBy(() -> reader.next(1)).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void a_record_is_found_again_by_its_metadata() {
        reader.next();
        reader.next();
        Record third = reader.nextRecord();
        Record fourth = reader.nextRecord();

        assertThat(third.getMetaData().getLocation()).isEqualTo("index=2");
        assertThat(third.getMetaData().getURI())
                .isEqualTo(folder.resolve("images").toUri());
        List<RecordMetaData> backwards = List.of(fourth.getMetaData(), third.getMetaData());
        List<Record> loaded = reader.loadFromMetaData(backwards);
        assertThat(loaded).extracting(Record::getRecord).containsExactly(fourth.getRecord(), third.getRecord());
        assertThat(fourth.getRecord()).isNotEqualTo(third.getRecord());
        assertThat(reader.next().get(1)).as("loading does not move the reader").isEqualTo(new IntWritable(1));
    }

    @Test
    void metadata_of_a_record_that_does_not_exist_is_refused() {
        var beyond = new RecordMetaDataIndex(5, folder.toUri(), IdxRecordReader.class);
        assertThatThrownBy(() -> reader.loadFromMetaData(beyond))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("images: index=5");
    }

    @Test
    void an_image_set_is_read_as_records_in_its_order() {
        ImageSet set = ImageSet.of(
                        new ImageShape(3, 1, 2),
                        NAMES,
                        new TreeMap<>(),
                        new byte[][] {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, (byte) 255}},
                        new int[] {3, 1})
                .subset(1, 0);

        try (IdxRecordReader ofSet = IdxRecordReader.of(set)) {
            List<List<Writable>> batch = ofSet.next(5);
            INDArray image = ((NDArrayWritable) batch.get(0).get(0)).get();

            assertThat(batch).hasSize(2);
            assertThat(image.shape()).containsExactly(1, 3, 1, 2);
            assertThat(image.dup().data().asFloat()).containsExactly(7, 8, 9, 10, 11, 255);
            assertThat(batch.get(0).get(1)).isEqualTo(new IntWritable(1));
            assertThat(batch.get(1).get(1)).isEqualTo(new IntWritable(3));
            assertThat(ofSet.getLabels()).isEqualTo(NAMES);
            ofSet.reset();
            assertThat(ofSet.next()).isEqualTo(batch.get(0));
        }
    }

    @Test
    void listeners_hear_of_records() {
        List<Object> heard = new ArrayList<>();
        reader.setListeners(new LogRecordListener() {
            @Override
            public void recordRead(org.datavec.api.records.reader.RecordReader source, Object record) {
                heard.add(record);
            }
        });

        List<Writable> first = reader.next();
        List<List<Writable>> batch = reader.next(2);

        assertThat(heard).containsExactly(first, batch);
    }

    @Test
    void dl4j_makes_batches_of_it() {
        var batches = new RecordReaderDataSetIterator(reader, 3, 1, NAMES.size());

        DataSet first = batches.next();
        DataSet last = batches.next();

        assertThat(batches.hasNext()).isFalse();
        assertThat(first.getFeatures().shape()).containsExactly(3, 1, 2, 3);
        assertThat(first.getFeatures().dataType()).isEqualTo(DataType.FLOAT);
        assertThat(first.getFeatures().getFloat(2, 0, 1, 0)).isEqualTo(62 + 7);
        assertThat(first.getLabels().toFloatMatrix())
                .isDeepEqualTo(new float[][] {{0, 0, 0, 1}, {1, 0, 0, 0}, {0, 0, 1, 0}});
        assertThat(last.getFeatures().shape()).containsExactly(2, 1, 2, 3);
        assertThat(last.getFeatures().getFloat(1, 0, 1, 2)).isEqualTo(133);
        assertThat(last.getLabels().toFloatMatrix()).isDeepEqualTo(new float[][] {{0, 0, 1, 0}, {0, 1, 0, 0}});
        assertThat(batches.getLabels()).isEqualTo(NAMES);
    }

    @Test
    void dl4j_makes_the_same_batches_record_by_record() {
        // With metadata, DL4J's iterator takes single records instead of batches.
        var batches = new RecordReaderDataSetIterator(reader, 3, 1, NAMES.size());
        batches.setCollectMetaData(true);

        DataSet first = batches.next();

        assertThat(first.getFeatures().shape()).containsExactly(3, 1, 2, 3);
        assertThat(first.getFeatures().getFloat(2, 0, 1, 0)).isEqualTo(62 + 7);
        assertThat(first.getLabels().toFloatMatrix())
                .isDeepEqualTo(new float[][] {{0, 0, 0, 1}, {1, 0, 0, 0}, {0, 0, 1, 0}});
        assertThat(first.getExampleMetaData(RecordMetaDataIndex.class))
                .extracting(RecordMetaDataIndex::getIndex)
                .containsExactly(0L, 1L, 2L);
    }

    @Test
    void different_counts_of_images_and_labels_are_an_error() {
        IdxFileTest.assertFault(() -> open(IdxBytes.images(4, 2, 3), IdxBytes.labels(LABELS)))
                .hasMessage(folder.resolve("images") + " has 4 images, but " + folder.resolve("labels")
                        + " has 5 labels. Do the files belong together?");
    }

    @Test
    void a_label_without_a_name_is_an_error() {
        IdxFileTest.assertFault(() -> open(IdxBytes.images(2, 2, 3), IdxBytes.labels(1, 4)))
                .hasMessage(folder.resolve("labels") + ": label 4 at index 1 is over the highest of the 4 classes, 3.");
    }

    @Test
    void a_missing_file_is_an_error() {
        var split = new CollectionInputSplit(List.of(
                folder.resolve("nowhere").toUri(), folder.resolve("labels").toUri()));
        IdxFileTest.assertFault(() -> new IdxRecordReader(NAMES).initialize(split))
                .hasMessage(folder.resolve("nowhere") + ": no such file");
    }

    @Test
    void a_split_of_one_file_is_refused() {
        var split = new CollectionInputSplit(Collections.singletonList(folder.toUri()));
        assertThatThrownBy(() -> new IdxRecordReader(NAMES).initialize(split))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a split of two locations, images and labels, found 1");
    }

    @Test
    void a_closed_reader_asks_to_be_initialized() {
        reader.close();
        assertThatThrownBy(() -> reader.hasNext())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("initialize the reader with a split of images and labels first");
    }

    private List<INDArray> batchOf(int size) {
        return ((org.datavec.api.writable.batch.NDArrayRecordBatch) reader.next(size)).getArrays();
    }

    private IdxRecordReader open(byte[] images, byte[] labels) {
        Path imagesFile = IdxBytes.write(folder.resolve("images"), images);
        Path labelsFile = IdxBytes.write(folder.resolve("labels"), labels);
        return IdxRecordReader.of(imagesFile.toUri(), labelsFile.toUri(), NAMES);
    }
}
