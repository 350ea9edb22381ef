package io.residual.spark.training;

import io.residual.core.ImageShape;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSet;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import java.io.Serializable;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * All that a worker needs to train besides the state: it travels once, images included, so that workers need no files.
 *
 * @param id of the run in its driver
 * @param spec as {@link SpecFile} writes it
 * @param kernels that the workers must have
 * @param workers that share each batch
 * @param shape of an image: channels, height, width
 * @param positions of the images in their source, which decide how they are augmented
 * @param pixels of each image, [channels, height, width]
 */
@SuppressWarnings("ArrayRecordComponent") // they travel
record SharedJob(
        String id,
        String spec,
        String kernels,
        int workers,
        int[] shape,
        String[] classNames,
        int[] positions,
        int[] labels,
        byte[][] pixels)
        implements Serializable {
    private static final long serialVersionUID = 1;

    static SharedJob of(TrainingSpec spec, ComputeKernels kernels, int workers, ImageSet images) {
        int size = images.size();
        byte[][] pixels = new byte[size][images.channels() * images.height() * images.width()];
        for (int i = 0; i < size; i++) {
            images.copyPixels(i, pixels[i], 0);
        }
        return new SharedJob(
                UUID.randomUUID().toString(),
                SpecFile.write(spec),
                kernels.name(),
                workers,
                new int[] {images.channels(), images.height(), images.width()},
                images.classNames().toArray(new String[0]),
                IntStream.range(0, size).map(images::position).toArray(),
                IntStream.range(0, size).map(images::label).toArray(),
                pixels);
    }

    TrainingSpec trainingSpec() {
        return SpecFile.read("the spec of the run", spec, Kind.BAD_RUN);
    }

    ComputeKernels computeKernels() {
        return ComputeKernels.valueOf(kernels);
    }

    /** The images at their positions. */
    ImageSet images() {
        ImageSet inOrder = ImageSet.of(
                new ImageShape(shape[0], shape[1], shape[2]), List.of(classNames), new TreeMap<>(), pixels, labels);
        return inOrder.at(IntStream.range(0, labels.length).toArray(), positions);
    }
}
