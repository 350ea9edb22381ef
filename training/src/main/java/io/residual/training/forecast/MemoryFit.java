package io.residual.training.forecast;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The batch sizes that fit into memory, by measurements of a few.
 *
 * @param bytes of the largest batch that was asked for, with the reserve
 * @param largest the largest batch that fits; 0 if none does
 * @param fits whether the batch that was asked for does
 */
record MemoryFit(long bytes, int largest, boolean fits) {
    /**
     * The memory of a process.
     *
     * @param trainingBytes the peak while it trains
     * @param allBytes the peak, with a validation
     */
    record Point(int batchSize, long trainingBytes, long allBytes) {}

    private static final int FIRST = 8;
    private static final int GROWTH = 4;
    /** Bytes by which two measurements can differ by chance. */
    private static final double NOISE = 64e6;
    /** Of the memory: what the heap grows by in a long training. */
    static final double RESERVE = 1.2;
    /** Batch sizes that are found are multiples of this, as kernels like them. */
    private static final int MULTIPLE = 8;

    /**
     * Measures growing batches as long as the next should fit, and extrapolates along a line through the last two.
     *
     * @param most the batch that is asked for, at least 1
     * @param measurement of a batch size; empty if the process ended early, as it does if memory is short
     */
    static MemoryFit find(long limitBytes, int most, IntFunction<Optional<Point>> measurement) {
        List<Point> points = new ArrayList<>();
        int batch = Math.min(FIRST, most);
        Optional<Point> measured = measurement.apply(batch);
        while (measured.isPresent()) {
            points.add(measured.get());
            int next = Math.min(GROWTH * batch, most);
            boolean larger = points.size() < 2
                    ? reserved((double) measured.get().allBytes()) <= limitBytes
                    : reserved(line(points).bytes(next)) <= limitBytes;
            if (batch == most || !larger) {
                break;
            }
            batch = next;
            measured = measurement.apply(batch);
        }
        if (points.size() < 2 && batch > 1) {
            measurement.apply(batch / 2).ifPresent(points::add);
            points.sort(Comparator.comparingInt(Point::batchSize));
        }
        if (points.isEmpty()) {
            throw new ResidualException(
                    Kind.OUT_OF_MEMORY,
                    "a process that trains with batches of " + batch / 2 + " ended before it had: is memory short?");
        }
        MemoryFit fit = of(limitBytes, most, points);
        int proven = points.get(points.size() - 1).batchSize();
        return measured.isPresent() ? fit : new MemoryFit(fit.bytes(), Math.min(fit.largest(), proven), false);
    }

    /** @param points at least one, of different batch sizes */
    static MemoryFit of(long limitBytes, int most, List<Point> points) {
        Point first = points.get(Math.max(0, points.size() - 2));
        Point last = points.get(points.size() - 1);
        boolean fits = last.batchSize() == most && reserved((double) last.allBytes()) <= limitBytes;
        if (fits || points.size() == 1) {
            return new MemoryFit((long) reserved((double) last.allBytes()), fits ? most : 0, fits);
        }
        Line line = line(points);
        double bytes = reserved(Math.max(line.bytes(most), (double) last.allBytes()));
        boolean validates = reserved((double) first.allBytes()) <= limitBytes;
        double within = Math.max(0, Math.min(most, (limitBytes / RESERVE - line.fixedBytes()) / line.bytesPerImage()));
        int largest = validates ? rounded((int) within, most) : 0;
        return new MemoryFit((long) bytes, largest, largest == most);
    }

    private record Line(double fixedBytes, double bytesPerImage) {
        double bytes(int batch) {
            return fixedBytes + bytesPerImage * batch;
        }
    }

    /** Through the last measurement, and as steep as the last two allow. */
    private static Line line(List<Point> points) {
        Point before = points.get(points.size() - 2);
        Point last = points.get(points.size() - 1);
        double growth = Math.max(NOISE, (double) (last.trainingBytes() - before.trainingBytes()));
        double perImage = growth / (last.batchSize() - before.batchSize());
        return new Line(last.trainingBytes() - perImage * last.batchSize(), perImage);
    }

    private static double reserved(double bytes) {
        return bytes * RESERVE;
    }

    private static int rounded(int batch, int most) {
        return batch < MULTIPLE || batch == most ? batch : batch / MULTIPLE * MULTIPLE;
    }
}
