package io.residual.cuda.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.residual.core.ImageShape;
import io.residual.cuda.device.CapturedGraph;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.HostDevice;
import io.residual.cuda.images.BatchWriter.Labels;
import io.residual.cuda.images.DeviceBatches.Plan;
import io.residual.cuda.images.ImageRecipe.Border;
import io.residual.cuda.images.ImageRecipe.Fill;
import io.residual.data.Batch;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import io.residual.data.LastBatch;
import io.residual.data.Normalisation;
import io.residual.data.Normalisation.PerChannel;
import io.residual.data.ResizeMode;
import io.residual.data.augment.Augmentation;
import io.residual.data.augment.Augmenter;
import io.residual.data.augment.HorizontalFlip;
import io.residual.data.augment.RandomCrop;
import io.residual.data.augment.RandomCrop.Padding;
import io.residual.data.augment.RandomErasing;
import io.residual.data.idx.IdxSource;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class BatchWriterTest {
    private static final int EPOCHS = 3;
    private static final BatchOrder SHUFFLED = new BatchOrder.Shuffled(11);
    private static final InputForm GREY = new InputForm(
            ImageSize.square(28),
            ResizeMode.STRETCH,
            new Normalisation(new PerChannel(List.of(0.2860)), new PerChannel(List.of(0.3530))));

    private Device device;

    @BeforeEach
    void open() {
        device = new HostDevice();
    }

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void images_of_the_size_are_normalised_and_nothing_else() {
        requireEqual(sample(50), GREY, plan(16, SHUFFLED));
    }

    @Test
    void cropped_flipped_and_erased_images_are_those_of_the_host() {
        requireEqual(
                sample(70),
                GREY,
                plan(
                        32,
                        SHUFFLED,
                        new RandomCrop(2, Padding.ZERO),
                        new HorizontalFlip(0.5),
                        new RandomErasing(0.7, RandomErasing.Fill.ZERO)));
    }

    @Test
    void random_fills_are_those_of_the_host() {
        requireEqual(
                sample(70),
                GREY,
                plan(
                        32,
                        SHUFFLED,
                        new RandomCrop(2, Padding.ZERO),
                        new HorizontalFlip(0.5),
                        new RandomErasing(0.7, RandomErasing.Fill.RANDOM)));
    }

    @Test
    void images_are_enlarged_before_they_are_cropped() {
        InputForm large = new InputForm(ImageSize.square(96), ResizeMode.STRETCH, GREY.normalisation());

        requireEqual(sample(21), large, plan(8, SHUFFLED, new RandomCrop(4, Padding.REFLECT), new HorizontalFlip(0.5)));
    }

    @Test
    void three_channels_are_interleaved_and_normalised_each_in_its_way() {
        ImageSet colour = colour(40, 13, 17);
        InputForm form = new InputForm(
                new ImageSize(13, 17),
                ResizeMode.STRETCH,
                new Normalisation(
                        new PerChannel(List.of(0.485, 0.456, 0.406)), new PerChannel(List.of(0.229, 0.224, 0.225))));

        requireEqual(
                colour,
                form,
                plan(
                        16,
                        SHUFFLED,
                        new RandomCrop(3, Padding.REFLECT),
                        new HorizontalFlip(0.5),
                        new RandomErasing(1, RandomErasing.Fill.RANDOM)));
    }

    @Test
    void images_are_reduced_and_their_middle_is_cut_out() {
        InputForm form = new InputForm(new ImageSize(7, 9), ResizeMode.CROP, Normalisation.NONE);

        requireEqual(colour(20, 31, 64), form, plan(8, SHUFFLED, new HorizontalFlip(0.5)));
    }

    @Test
    void an_image_that_comes_again_is_changed_in_another_way() {
        ImageSet set = sample(60);
        int[] skewed = IntStream.range(0, set.size())
                .filter(i -> set.label(i) == 3 || i % 5 == 0)
                .toArray();
        ImageSet few = set.subset(skewed);

        requireEqual(
                few,
                GREY,
                plan(
                        10,
                        new BatchOrder.Balanced(few, 4),
                        new RandomCrop(4, Padding.ZERO),
                        new RandomErasing(1, RandomErasing.Fill.RANDOM)));
    }

    @Test
    void a_recorded_batch_is_the_one_that_the_step_and_the_uploaded_epoch_say() {
        ImageSet set = sample(24);
        Plan plan = plan(8, SHUFFLED, new RandomCrop(2, Padding.REFLECT));
        ImageBatches host = hostBatches(set, GREY, plan);
        try (DeviceBatches batches = new DeviceBatches(device, set, GREY, plan);
                CapturedGraph recorded = device.capture(() -> batches.write(8))) {
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                batches.epoch(epoch);
                host.epoch(epoch).skip(1 + epoch % 2);
                batches.step(1 + epoch % 2);
                recorded.launch();

                requireEqual(batches.images(8), values(host.next().images()));
            }
        }
    }

    @Test
    void bfloat16_is_the_nearest_and_the_even_one_of_two() {
        ImageSet set = sample(12);
        Plan plan = new Plan(12, SHUFFLED, Augmenter.NONE, 0, Format.BF16);
        try (DeviceBatches batches = new DeviceBatches(device, set, GREY, plan)) {
            batches.epoch(0);
            batches.write(12);
            ByteBuffer actual = batches.images(12);
            float[] exact = values(hostBatches(set, GREY, plan).next().images());
            for (int i = 0; i < exact.length; i++) {
                assertThat(Float.intBitsToFloat(actual.getShort(2 * i) << 16)).isEqualTo(nearest(exact[i]));
            }
        }
    }

    private static float nearest(float value) {
        int low = Float.floatToIntBits(value) & 0xffff0000;
        float toZero = Float.intBitsToFloat(low);
        float fromZero = Float.intBitsToFloat(low + 0x10000);
        double below = Math.abs((double) value - toZero);
        double above = Math.abs((double) fromZero - value);
        if (below == above) {
            return (low & 0x10000) == 0 ? toZero : fromZero;
        }
        return below < above ? toZero : fromZero;
    }

    @Test
    void a_recipe_for_other_images_is_refused() {
        try (DeviceImages images = new DeviceImages(device, new SetSource(sample(3)))) {
            ImageRecipe recipe = new ImageRecipe(
                    Resampling.none(28), Resampling.none(32), new float[3][256], Border.ZERO, Fill.ZERO);

            assertThatThrownBy(() -> new BatchWriter(images, recipe, new Labels(10, 0), Format.F32))
                    .hasMessage("a recipe for [3, 28, 32] cannot take images of [1, 28, 28]");
        }
    }

    @Test
    void weights_beyond_the_source_are_refused() {
        assertThatThrownBy(() -> new Resampling(5, new int[] {0, 4}, new int[][] {{1 << 22}, {1 << 21, 1 << 21}}))
                .hasMessage("pixel 1 is made of 2 pixels from pixel 4 on, of a source of 5");
    }

    @Test
    void labels_that_are_smoothed_away_are_refused() {
        assertThatThrownBy(() -> new Labels(10, 1)).hasMessage("labels of 10 classes cannot be smoothed by 1.0");
    }

    private static ImageSet sample(int images) {
        return IdxSource.sample()
                .wholeTraining()
                .subset(IntStream.range(0, images).map(i -> 7 * i + 2).toArray());
    }

    private static ImageSet colour(int images, int height, int width) {
        Random random = new Random(5);
        byte[][] pixels = new byte[images][3 * height * width];
        int[] labels = new int[images];
        for (int i = 0; i < images; i++) {
            random.nextBytes(pixels[i]);
            labels[i] = random.nextInt(4);
        }
        return ImageSet.of(
                new ImageShape(3, height, width), List.of("ant", "bee", "cat", "dog"), new TreeMap<>(), pixels, labels);
    }

    private static Plan plan(int batch, BatchOrder order, Augmentation... steps) {
        return new Plan(batch, order, new Augmenter(List.of(steps), 42), 0.1, Format.F32);
    }

    private static ImageBatches hostBatches(ImageSet set, InputForm form, Plan plan) {
        return new ImageBatches(set, plan.batch(), form, plan.order(), LastBatch.KEEP, plan.augmenter());
    }

    private void requireEqual(ImageSet set, InputForm form, Plan plan) {
        ImageBatches host = hostBatches(set, form, plan);
        try (DeviceBatches batches = new DeviceBatches(device, set, form, plan)) {
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                host.epoch(epoch);
                batches.epoch(epoch);
                for (int step = 0; step < host.batches(); step++) {
                    Batch expected = host.next();
                    batches.step(step);
                    batches.write(expected.size());
                    requireEqual(batches.images(expected.size()), values(expected.images()));
                    requireEqual(batches.labels(expected.size()), smoothed(expected, set, plan));
                }
                assertThat(host.hasNext()).isFalse();
            }
        }
    }

    private static void requireEqual(ByteBuffer actual, float[] expected) {
        assertThat(actual.remaining()).isEqualTo(expected.length * Float.BYTES);
        for (int i = 0; i < expected.length; i++) {
            if (actual.getInt(i * Float.BYTES) != Float.floatToRawIntBits(expected[i])) {
                fail("number " + i + " is " + actual.getFloat(i * Float.BYTES) + " rather than " + expected[i]);
            }
        }
    }

    /** Of images, channels last. */
    private static float[] values(INDArray images) {
        return images.permute(0, 2, 3, 1).dup('c').data().asFloat();
    }

    /** As a run on the host smooths them. */
    private static float[] smoothed(Batch batch, ImageSet set, Plan plan) {
        int classes = set.classNames().size();
        return batch.oneHot(classes)
                .mul(1 - plan.smoothing())
                .addi(plan.smoothing() / classes)
                .data()
                .asFloat();
    }
}
