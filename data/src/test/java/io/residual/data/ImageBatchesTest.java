package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ImageShape;
import io.residual.data.Normalisation.PerChannel;
import io.residual.data.augment.Augmenter;
import io.residual.data.augment.HorizontalFlip;
import io.residual.data.augment.RandomCrop;
import io.residual.data.augment.RandomCrop.Padding;
import io.residual.data.augment.RandomErasing;
import io.residual.data.augment.RandomErasing.Fill;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ImageBatchesTest {
    private static final List<String> NAMES = List.of("ant", "bee", "cat");
    private static final BatchOrder IN_ORDER = new BatchOrder.Sequential();
    private static final InputForm AS_IS = InputForm.of(new ImageSize(3, 2));

    @TempDir
    Path folder;

    private ImageSet set;

    @BeforeEach
    void seven_images_of_3_by_2_pixels() {
        set = TestSets.of(folder, 3, 2, NAMES, 2, 0, 0, 1, 2, 2, 2);
    }

    @Test
    void features_are_pixels_over_255_and_labels_are_one_hot() {
        var batches = new ImageBatches(set, 4, AS_IS, IN_ORDER);

        Batch first = batches.next();

        INDArray features = first.images();
        assertThat(features.shape()).containsExactly(4, 1, 3, 2);
        assertThat(features.dataType()).isEqualTo(DataType.FLOAT);
        // image 3, row 2, column 1: 3 * 31 + 14 + 1
        assertThat(features.getFloat(3, 0, 2, 1)).isEqualTo(108 / 255f);
        assertThat(features.getFloat(1, 0, 0, 0)).isEqualTo(31 / 255f);
        assertThat(first.size()).isEqualTo(4);
        assertThat(first.oneHot(3).toFloatMatrix())
                .isDeepEqualTo(new float[][] {{0, 0, 1}, {1, 0, 0}, {1, 0, 0}, {0, 1, 0}});
    }

    @Test
    void the_last_batch_is_smaller_unless_it_is_dropped() {
        assertThat(sizes(new ImageBatches(set, 4, AS_IS, IN_ORDER))).containsExactly(4L, 3L);
        assertThat(sizes(new ImageBatches(set, 4, AS_IS, IN_ORDER, LastBatch.DROP, Augmenter.NONE)))
                .containsExactly(4L);
        assertThat(new ImageBatches(set, 4, AS_IS, IN_ORDER).batches()).isEqualTo(2);
        assertThat(new ImageBatches(set, 4, AS_IS, IN_ORDER, LastBatch.DROP, Augmenter.NONE).batches())
                .isEqualTo(1);
        assertThat(new ImageBatches(set, 7, AS_IS, IN_ORDER).batches()).isEqualTo(1);
    }

    @Test
    void the_parts_of_a_batch_are_together_the_batch_also_of_the_smaller_last_one() {
        Augmenter augmenter = new Augmenter(List.of(new RandomCrop(1, Padding.REFLECT), new HorizontalFlip(0.5)), 6);
        var order = new BatchOrder.Shuffled(5);
        var complete = new ImageBatches(set, 5, AS_IS, order, LastBatch.KEEP, augmenter).epoch(3);
        List<ImageBatches> workers = IntStream.range(0, 2)
                .mapToObj(i -> new ImageBatches(set, 5, AS_IS, order, LastBatch.KEEP, augmenter).epoch(3))
                .toList();
        List<Integer> sizes = new ArrayList<>();

        while (complete.hasNext()) {
            Batch batch = complete.next();
            int at = 0;
            for (int part = 0; part < 2; part++) {
                Batch own = workers.get(part).nextPart(part, 2);
                sizes.add(own.size());
                for (int i = 0; i < own.size(); i++, at++) {
                    assertThat(own.label(i)).isEqualTo(batch.label(at));
                    assertThat(own.images().slice(i)).isEqualTo(batch.images().slice(at));
                }
            }
            assertThat(at).isEqualTo(batch.size());
        }

        assertThat(sizes).containsExactly(2, 3, 1, 1);
        assertThat(workers.get(0).hasNext()).isFalse();
    }

    @Test
    void a_batch_has_no_more_parts_than_images() {
        var batches = new ImageBatches(set, 4, AS_IS, IN_ORDER);

        assertThatThrownBy(() -> batches.nextPart(0, 5)).hasMessage("a batch of 4 images has no 5 parts");
        assertThatThrownBy(() -> batches.nextPart(2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void images_are_resized_to_height_and_width() {
        Batch batch = new ImageBatches(set, 2, InputForm.of(new ImageSize(1, 4)), IN_ORDER).next();

        assertThat(batch.images().shape()).containsExactly(2, 1, 1, 4);
        // Pillow: Image.fromarray(uint8 [[31, 32], [38, 39], [45, 46]]).resize((4, 1), Image.BILINEAR)
        float[] second = batch.images().slice(1).dup().data().asFloat();
        assertThat(second).containsExactly(38 / 255f, 38 / 255f, 39 / 255f, 39 / 255f);
    }

    @Test
    void augmented_images_are_the_same_whatever_the_batches_the_order_or_the_epochs_before() {
        Augmenter augmenter = new Augmenter(List.of(new RandomCrop(1, Padding.REFLECT), new HorizontalFlip(0.5)), 6);
        float[][] once = new float[7][];
        var large = new ImageBatches(set, 7, AS_IS, IN_ORDER, LastBatch.KEEP, augmenter).epoch(4);
        INDArray all = large.next().images();
        for (int i = 0; i < 7; i++) {
            once[i] = all.slice(i).dup().data().asFloat();
        }

        var order = new BatchOrder.Shuffled(5);
        var small = new ImageBatches(set, 2, AS_IS, order, LastBatch.KEEP, augmenter);
        small.next();
        small.epoch(4);
        for (int next = 0; small.hasNext(); ) {
            INDArray features = small.next().images();
            for (int i = 0; i < features.size(0); i++) {
                assertThat(features.slice(i).dup().data().asFloat()).isEqualTo(once[order.indices(7, 4)[next++]]);
            }
        }
        float[] plain =
                new ImageBatches(set, 7, AS_IS, IN_ORDER).next().images().data().asFloat();
        assertThat(all.data().asFloat()).isNotEqualTo(plain);
    }

    @Test
    void an_image_that_is_drawn_again_is_augmented_in_another_way() {
        Augmenter augmenter = new Augmenter(List.of(new RandomErasing(1, Fill.RANDOM)), 6);
        var order = new BatchOrder.Balanced(set, 5);
        INDArray images = new ImageBatches(set, 7, AS_IS, order, LastBatch.KEEP, augmenter)
                .next()
                .images();

        int[] drawn = order.indices(7, 0);
        // The only image of its class.
        int[] rare = IntStream.range(0, 7).filter(i -> drawn[i] == 3).toArray();
        assertThat(rare).hasSizeBetween(2, 3);
        assertThat(images.slice(rare[0])).isNotEqualTo(images.slice(rare[1]));
    }

    @Test
    void a_subset_is_augmented_as_the_whole_set_is() {
        Augmenter augmenter = new Augmenter(List.of(new RandomCrop(1, Padding.REFLECT)), 6);
        INDArray whole = new ImageBatches(set, 7, AS_IS, IN_ORDER, LastBatch.KEEP, augmenter)
                .next()
                .images();

        INDArray part = new ImageBatches(set.subset(5, 2), 2, AS_IS, IN_ORDER, LastBatch.KEEP, augmenter)
                .next()
                .images();

        assertThat(part.slice(0)).isEqualTo(whole.slice(5));
        assertThat(part.slice(1)).isEqualTo(whole.slice(2));
    }

    @Test
    void coloured_images_have_three_planes_each_resized_and_normalised_by_itself() {
        byte[] image = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120};
        ImageSet coloured =
                ImageSet.of(new ImageShape(3, 2, 2), NAMES, new TreeMap<>(), new byte[][] {image}, new int[] {1});
        var normalisation = new Normalisation(PerChannel.of("0,0.5,0"), PerChannel.of("1,1,0.5"));

        INDArray features = new ImageBatches(
                        coloured, 1, new InputForm(new ImageSize(2, 1), ResizeMode.STRETCH, normalisation), IN_ORDER)
                .next()
                .images();

        assertThat(features.shape()).containsExactly(1, 3, 2, 1);
        assertThat(features.data().asFloat())
                .containsExactly(
                        15 / 255f, 35 / 255f, 55 / 255f - 0.5f, 75 / 255f - 0.5f, 95 / 255f / 0.5f, 115 / 255f / 0.5f);
    }

    @Test
    void a_batch_is_not_changed_by_those_after_it() {
        var batches = new ImageBatches(set, 3, AS_IS, IN_ORDER);
        INDArray first = batches.next().images();
        float[] before = first.data().asFloat();

        batches.next();
        batches.next();

        assertThat(first.data().asFloat()).isEqualTo(before);
    }

    @Test
    void a_batch_outlives_the_workspace_it_was_made_in() {
        var batches = new ImageBatches(set, 3, AS_IS, IN_ORDER);
        var configuration =
                WorkspaceConfiguration.builder().initialSize(1 << 20).build();
        Batch batch;
        try (MemoryWorkspace workspace =
                Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "batches-test")) {
            batch = batches.next();
            assertThat(workspace.getThisCycleAllocations()).isZero();
        }
        assertThat(batch.images().isAttached()).isFalse();
    }

    @Test
    void features_and_labels_go_through_the_order_together() {
        var batches = new ImageBatches(set, 7, AS_IS, new BatchOrder.Shuffled(5)).epoch(2);

        Batch batch = batches.next();

        int[] order = new BatchOrder.Shuffled(5).indices(7, 2);
        assertThat(order).isNotEqualTo(new int[] {0, 1, 2, 3, 4, 5, 6});
        for (int i = 0; i < 7; i++) {
            assertThat(batch.images().getFloat(i, 0, 0, 0)).isEqualTo(31 * order[i] / 255f);
            assertThat(batch.label(i)).isEqualTo(set.label(order[i]));
        }
    }

    @Test
    void every_epoch_has_all_images_in_an_order_of_its_own() {
        var batches = new ImageBatches(set, 4, AS_IS, new BatchOrder.Shuffled(5));
        List<Float> epoch0 = firstPixels(batches);

        List<Float> epoch1 = firstPixels(batches.epoch(1));

        assertThat(epoch1).isNotEqualTo(epoch0).containsExactlyInAnyOrderElementsOf(epoch0);
        assertThat(firstPixels(batches.epoch(0))).isEqualTo(epoch0);
    }

    @Test
    void skipped_batches_leave_the_rest_of_the_epoch_as_it_would_have_been() {
        var order = new BatchOrder.Shuffled(5);
        List<Float> whole = firstPixels(new ImageBatches(set, 3, AS_IS, order).epoch(2));

        assertThat(firstPixels(new ImageBatches(set, 3, AS_IS, order).epoch(2).skip(2)))
                .isEqualTo(whole.subList(6, 7));
        assertThat(firstPixels(new ImageBatches(set, 3, AS_IS, order).epoch(2).skip(0)))
                .isEqualTo(whole);
        assertThat(new ImageBatches(set, 3, AS_IS, order).epoch(2).skip(3).hasNext())
                .isFalse();
    }

    @Test
    void more_batches_than_are_left_cannot_be_skipped() {
        assertThatThrownBy(() -> new ImageBatches(set, 3, AS_IS, IN_ORDER).skip(4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot skip 4 batches of 3 images: 7 images are left");
    }

    @Test
    void an_epoch_that_is_over_says_so() {
        var batches = new ImageBatches(set, 7, AS_IS, IN_ORDER);
        batches.next();
        assertThatThrownBy(batches::next)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("epoch 0 is over: epoch(n) starts another");
    }

    private static List<Long> sizes(ImageBatches batches) {
        List<Long> sizes = new ArrayList<>();
        while (batches.hasNext()) {
            sizes.add(batches.next().images().size(0));
        }
        return sizes;
    }

    private static List<Float> firstPixels(ImageBatches batches) {
        List<Float> pixels = new ArrayList<>();
        while (batches.hasNext()) {
            INDArray features = batches.next().images();
            for (int i = 0; i < features.size(0); i++) {
                pixels.add(features.getFloat(i, 0, 0, 0));
            }
        }
        return pixels;
    }

    @Test
    void epochs_with_a_size_of_their_own_have_images_that_were_resized_and_then_changed_in_proportion() {
        ImageSet twelve = TestSets.of(folder, 12, 12, NAMES, 2, 0, 0, 1, 2, 2, 2);
        BatchOrder order = new BatchOrder.Shuffled(5);
        var batches = new ImageBatches(twelve, 7, form(12), order, LastBatch.KEEP, cropAndFlip(4))
                .withSizes(epoch -> ImageSize.square(epoch == 0 ? 6 : 12));
        INDArray small = new ImageBatches(twelve, 7, form(6), order, LastBatch.KEEP, cropAndFlip(2))
                .next()
                .images();
        INDArray full = new ImageBatches(twelve, 7, form(12), order, LastBatch.KEEP, cropAndFlip(4))
                .epoch(1)
                .next()
                .images();

        assertThat(batches.next().images()).isEqualTo(small);
        assertThat(batches.epoch(1).next().images()).isEqualTo(full);
        assertThat(batches.epoch(0).next().images()).isEqualTo(small);
        assertThat(small.shape()).containsExactly(7, 1, 6, 6);
    }

    private static InputForm form(int side) {
        return InputForm.of(ImageSize.square(side));
    }

    private static Augmenter cropAndFlip(int border) {
        return new Augmenter(List.of(new RandomCrop(border, Padding.REFLECT), new HorizontalFlip(0.5)), 6);
    }
}
