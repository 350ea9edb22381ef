package io.residual.data;

import io.residual.core.SplitMix64;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** In which order an epoch visits the images. */
public sealed interface BatchOrder {
    /** As many of 0 to {@code size - 1} that depend on this order, the size and the epoch only. */
    int[] indices(int size, int epoch);

    /** How often the image of each index was there before. */
    static int[] repeats(int... indices) {
        int[] drawn = new int[1 + Arrays.stream(indices).max().orElse(0)];
        return Arrays.stream(indices).map(index -> drawn[index]++).toArray();
    }

    /** The order of the set, in every epoch. */
    record Sequential() implements BatchOrder {
        @Override
        public int[] indices(int size, int epoch) {
            return IntStream.range(0, size).toArray();
        }
    }

    /** Another order for each epoch, drawn from the seed: epoch 7 is the same whether or not 0 to 6 were run before. */
    record Shuffled(long seed) implements BatchOrder {
        @Override
        public int[] indices(int size, int epoch) {
            int[] indices = IntStream.range(0, size).toArray();
            SplitMix64.of(seed, epoch).shuffle(indices);
            return indices;
        }
    }

    /**
     * As many images of each class, in an order drawn from the seed. The numbers differ by at most 1 in an epoch, and the
     * remainder goes to the classes in turn. A class is drawn through before one of its images comes again, over the ends of
     * epochs: small classes are drawn several times in an epoch, and large ones in parts.
     *
     * @param images whose classes count; classes without images are not drawn
     */
    record Balanced(ImageSet images, long seed) implements BatchOrder {
        @Override
        public int[] indices(int size, int epoch) {
            if (size != images.size()) {
                throw new IllegalArgumentException("an order of " + images.size() + " images, not of " + size);
            }
            List<Cycle> classes = classes();
            int[] indices = new int[size];
            for (int i = 0; i < size; i++) {
                long draw = (long) epoch * size + i;
                indices[i] = classes.get((int) (draw % classes.size())).at(draw / classes.size());
            }
            SplitMix64.of(seed, epoch).shuffle(indices);
            return indices;
        }

        private List<Cycle> classes() {
            Map<Integer, List<Integer>> members = IntStream.range(0, images.size())
                    .boxed()
                    .collect(Collectors.groupingBy(images::label, TreeMap::new, Collectors.toList()));
            return members.entrySet().stream()
                    .map(one -> new Cycle(
                            SplitMix64.of(seed, ~one.getKey()).nextLong(),
                            one.getValue().stream().mapToInt(i -> i).toArray()))
                    .toList();
        }
    }

    /**
     * Each image once, but for the last epoch: there the images of whose label a network was surest in the epoch before are
     * left out, and others are drawn several times in their place, so that it is as long.
     */
    final class WithoutLearnt implements BatchOrder {
        private final long seed;
        private final int last;
        private final double share;
        private final INDArray certainty;
        /** The images of the epoch before the last. */
        private final int[] before;

        /**
         * An order in which no image is learnt yet.
         *
         * @param images how many
         * @param last the last epoch, from 0; if it is the first, none is left out
         * @param share of the images to leave out, from 0, below 1
         */
        public WithoutLearnt(int images, long seed, int last, double share) {
            this.seed = seed;
            this.last = last;
            this.share = share;
            this.certainty = Nd4j.zeros(DataType.FLOAT, images);
            this.before = new Shuffled(seed).indices(images, last - 1);
        }

        /** Whether the last epoch depends on what is recorded in this one. */
        public boolean records(int epoch) {
            return epoch == last - 1;
        }

        /**
         * Records images of the epoch before the last.
         *
         * @param from how many of its images came before them
         * @param probabilities of the images' labels, in the epoch's order
         */
        public void record(int from, float... probabilities) {
            for (int i = 0; i < probabilities.length; i++) {
                certainty.putScalar(before[from + i], probabilities[i]);
            }
        }

        /** A live view of what is recorded, FLOAT [images]: the probability of each image's label, 0 of those that did not come. */
        public INDArray certainty() {
            return certainty;
        }

        @Override
        public int[] indices(int size, int epoch) {
            int[] all = new Shuffled(seed).indices(size, epoch);
            if (epoch != last || last == 0) {
                return all;
            }
            float[] sure = certainty.toFloatVector();
            int[] kept = Arrays.stream(all)
                    .boxed()
                    .sorted(Comparator.comparingDouble(image -> sure[image]))
                    .limit(size - (int) (share * size))
                    .mapToInt(image -> image)
                    .toArray();
            SplitMix64 random = SplitMix64.of(~seed, epoch);
            random.shuffle(kept);
            int[] drawn =
                    IntStream.range(0, size).map(i -> kept[i % kept.length]).toArray();
            random.shuffle(drawn);
            return drawn;
        }
    }

    /** The images of a class, one pass after the other, each in an order of its own. */
    final class Cycle {
        private final long seed;
        private final int[] order;
        private long pass = -1;

        private Cycle(long seed, int[] members) {
            this.seed = seed;
            this.order = members;
        }

        private int at(long draw) {
            if (draw / order.length != pass) {
                pass = draw / order.length;
                Arrays.sort(order);
                SplitMix64.of(seed, pass).shuffle(order);
            }
            return order[(int) (draw % order.length)];
        }
    }
}
