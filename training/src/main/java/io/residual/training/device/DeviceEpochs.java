package io.residual.training.device;

import io.residual.core.ImageShape;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.images.BatchWriter;
import io.residual.cuda.images.DeviceImages;
import io.residual.cuda.images.EpochDraws;
import io.residual.cuda.images.ImageDraw;
import io.residual.cuda.images.ImageRecipe;
import io.residual.cuda.images.Resampling;
import io.residual.cuda.step.DeviceTraining;
import io.residual.cuda.step.StepRates;
import io.residual.cuda.step.UpdateRule;
import io.residual.data.BatchOrder;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.data.Taps;
import io.residual.data.augment.CropFlipErase;
import io.residual.program.Program;
import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.TrainingSpec;
import io.residual.training.config.UpdateSpec;
import io.residual.training.optim.LearningRate;

/** Epochs as a spec says, of images that stay on the device as bytes. */
public final class DeviceEpochs implements AutoCloseable {
    private final TrainingSpec spec;
    private final ImageSet images;
    private final int batch;
    private final int full;
    private final int rest;
    private final BatchOrder order;
    private final CropFlipErase changes;
    private final LearningRate rate;
    private final DeviceImages bytes;
    private final BatchWriter writer;
    private final DeviceTraining training;
    private final EpochDraws draws;
    private int prepared = -1;

    public DeviceEpochs(Device device, Program program, Format format, TrainingSpec spec, ImageSet images) {
        this.spec = spec;
        this.images = images;
        OptimisationSpec optimisation = spec.optimisation();
        this.batch = Math.min(optimisation.batchSize(), images.size());
        this.full = images.size() / batch;
        // A last batch of one image can leave batch norm a single value per channel.
        this.rest = images.size() % batch == 1 ? 0 : images.size() % batch;
        this.order = new BatchOrder.Shuffled(spec.seed());
        this.changes = CropFlipErase.of(spec.data().augmentation().augmenter(spec.seed()))
                .orElseThrow(() -> new IllegalArgumentException("augmentations that a device cannot make"));
        this.rate = LearningRate.of(optimisation, steps());
        this.bytes = new DeviceImages(device, new SetBytes(images));
        this.writer = new BatchWriter(
                bytes,
                recipe(images, spec.data().input(), changes),
                new BatchWriter.Labels(
                        images.classNames().size(), optimisation.regularisation().labelSmoothing()),
                format);
        this.training = new DeviceTraining(
                device, program, format, rule(optimisation), steps(), (to, labels, count, step) -> write(to, labels, count));
        this.draws = new EpochDraws(device, images.size(), batch, training.stepAddress());
    }

    /** The bytes of a set. */
    private record SetBytes(ImageSet set) implements DeviceImages.Source {
        @Override
        public int size() {
            return set.size();
        }

        @Override
        public int channels() {
            return set.channels();
        }

        @Override
        public int height() {
            return set.height();
        }

        @Override
        public int width() {
            return set.width();
        }

        @Override
        public void copyPixels(int index, byte[] target) {
            set.copyPixels(index, target, 0);
        }

        @Override
        public int label(int index) {
            return set.label(index);
        }
    }

    private static UpdateRule rule(OptimisationSpec spec) {
        UpdateSpec update = spec.update();
        UpdateRule.Optimiser optimiser = switch (update.optimiser()) {
            case SGD -> update.momentum() == 0
                    ? UpdateRule.Optimiser.GRADIENT_DESCENT
                    : UpdateRule.Optimiser.MOMENTUM;
            case NESTEROV -> UpdateRule.Optimiser.NESTEROV;
            case ADAM -> UpdateRule.Optimiser.ADAM;
            default -> throw new IllegalArgumentException("optimiser " + update.optimiser());
        };
        return new UpdateRule(
                optimiser,
                (float) update.momentum(),
                (float) update.weightDecay(),
                update.weightDecayMode() == UpdateSpec.WeightDecay.DECOUPLED
                        ? UpdateRule.Decay.DECOUPLED
                        : UpdateRule.Decay.L2,
                (float) update.clipNorm(),
                spec.regularisation().emaDecay() > 0 ? UpdateRule.Average.KEPT : UpdateRule.Average.NONE);
    }

    private static ImageRecipe recipe(ImageSet set, InputForm form, CropFlipErase changes) {
        return new ImageRecipe(
                resampling(set.height(), form.rows(set.height(), set.width())),
                resampling(set.width(), form.columns(set.height(), set.width())),
                form.normalisation().levels(set.channels()),
                changes.crop() == null
                        ? ImageRecipe.Border.ZERO
                        : ImageRecipe.Border.valueOf(changes.crop().padding().name()),
                changes.erasing() == null
                        ? ImageRecipe.Fill.ZERO
                        : ImageRecipe.Fill.valueOf(changes.erasing().fill().name()));
    }

    private static Resampling resampling(int source, Taps taps) {
        int[] first = new int[taps.size()];
        int[][] weights = new int[taps.size()][];
        for (int i = 0; i < taps.size(); i++) {
            first[i] = taps.first(i);
            weights[i] = taps.weights(i);
        }
        return new Resampling(source, first, weights);
    }

    private void write(long to, long labels, int count) {
        writer.write(draws, count, to, labels);
    }

    public DeviceTraining training() {
        return training;
    }

    /** Steps of an epoch. */
    public int steps() {
        return full + (rest > 0 ? 1 : 0);
    }

    /** Images of an epoch. */
    public int imagesPerEpoch() {
        return full * batch + rest;
    }

    /** Uploads what the steps of an epoch use. */
    public void prepare(int epoch) {
        ImageShape shape = new ImageShape(
                images.channels(),
                spec.data().input().size().height(),
                spec.data().input().size().width());
        int[] indices = order.indices(images.size(), epoch);
        int[] repeats = BatchOrder.repeats(indices);
        for (int i = 0; i < indices.length; i++) {
            CropFlipErase.Draw draw = changes.draw(shape, epoch, images.position(indices[i]), repeats[i]);
            ImageDraw.Box box = draw.box()
                    .map(one -> new ImageDraw.Box(one.top(), one.left(), one.height(), one.width()))
                    .orElse(ImageDraw.Box.NONE);
            draws.set(i, new ImageDraw(indices[i], draw.down(), draw.right(), draw.flipped(), box, draw.fill()));
        }
        draws.upload();
        StepRates[] rates = new StepRates[steps()];
        double decay = spec.optimisation().regularisation().emaDecay();
        for (int i = 0; i < rates.length; i++) {
            long update = (long) epoch * rates.length + i;
            rates[i] = new StepRates(
                    rate.at(update),
                    1.0 / (i < full ? batch : rest),
                    Math.min(decay, (1.0 + update) / (10.0 + update)),
                    update);
        }
        training.beginEpoch(rates);
        prepared = epoch;
    }

    /**
     * Takes steps of an epoch, all of the same number of images.
     *
     * @param from number of the first, from 0
     */
    public DeviceTraining.Outcome steps(int epoch, int from, int count) {
        if (prepared != epoch) {
            prepare(epoch);
        }
        return training.steps(from, count, from < full ? batch : rest);
    }

    /** How many steps from one on have batches of one size. */
    public int equalSteps(int from) {
        return from < full ? full - from : 1;
    }

    /** Takes an epoch's steps; gives the mean loss. */
    public double epoch(int epoch) {
        double sum = 0;
        int from = 0;
        while (from < steps()) {
            int count = equalSteps(from);
            for (double loss : steps(epoch, from, count).losses()) {
                sum += loss;
            }
            from += count;
        }
        return sum / imagesPerEpoch();
    }

    /** The share of a set's images whose most probable class is their own. */
    public double accuracy(ImageSet set) {
        InputForm form = spec.data().input();
        ImageShape shape = new ImageShape(
                set.channels(), form.size().height(), form.size().width());
        float[][] levels = form.normalisation().levels(set.channels());
        Picture picture = new Picture(set, form);
        int right = 0;
        for (int from = 0; from < set.size(); from += batch) {
            int count = Math.min(batch, set.size() - from);
            float[] pixels = new float[count * Math.toIntExact(shape.values())];
            for (int i = 0; i < count; i++) {
                picture.write(from + i, levels, pixels, i * Math.toIntExact(shape.values()));
            }
            float[] probabilities = training.probabilities(pixels, batch);
            int classes = probabilities.length / count;
            for (int i = 0; i < count; i++) {
                int best = 0;
                for (int c = 1; c < classes; c++) {
                    best = probabilities[i * classes + c] > probabilities[i * classes + best] ? c : best;
                }
                right += best == set.label(from + i) ? 1 : 0;
            }
        }
        return (double) right / set.size();
    }

    /** An image of the network's size. */
    private static final class Picture {
        private final ImageSet set;
        private final Taps rows;
        private final Taps columns;
        private final byte[] source;
        private final int[] widened;

        Picture(ImageSet set, InputForm form) {
            this.set = set;
            this.rows = form.rows(set.height(), set.width());
            this.columns = form.columns(set.height(), set.width());
            this.source = new byte[set.channels() * set.height() * set.width()];
            this.widened = new int[set.height() * columns.size()];
        }

        /** Channels last. */
        void write(int index, float[][] levels, float[] to, int offset) {
            set.copyPixels(index, source, 0);
            int half = 1 << (Taps.PRECISION_BITS - 1);
            for (int c = 0; c < set.channels(); c++) {
                for (int y = 0; y < set.height(); y++) {
                    for (int x = 0; x < columns.size(); x++) {
                        int sum = half;
                        int[] weights = columns.weights(x);
                        for (int k = 0; k < weights.length; k++) {
                            sum += (source[(c * set.height() + y) * set.width() + columns.first(x) + k] & 0xff)
                                    * weights[k];
                        }
                        widened[y * columns.size() + x] = sum >> Taps.PRECISION_BITS;
                    }
                }
                for (int y = 0; y < rows.size(); y++) {
                    for (int x = 0; x < columns.size(); x++) {
                        int sum = half;
                        int[] weights = rows.weights(y);
                        for (int k = 0; k < weights.length; k++) {
                            sum += widened[(rows.first(y) + k) * columns.size() + x] * weights[k];
                        }
                        to[offset + (y * columns.size() + x) * set.channels() + c] =
                                levels[c][sum >> Taps.PRECISION_BITS];
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        draws.close();
        training.close();
        writer.close();
        bytes.close();
    }
}
