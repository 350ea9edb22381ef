package io.residual.evaluation.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.data.ImageSet;
import io.residual.data.picture.Picture;
import io.residual.evaluation.predict.PredictionQueue.Failed;
import io.residual.evaluation.predict.PredictionQueue.Predicted;
import io.residual.evaluation.predict.PredictionQueue.Result;
import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues that compute in a thread of their own, and in that of a task. */
@Tag("slow")
class PredictionQueueTest {
    private static final int IMAGES = 333;
    /** Of five in a row, only the first can be read. */
    private static final int UNREADABLE_FROM = 150;

    private static Classifier classifier;
    private static ImageSet images;

    @BeforeAll
    static void train(@TempDir Path directory) {
        Path run = TrainedRun.in(directory.resolve("run"), "--width", "4", "--epochs", "1");
        classifier = Classifier.open(run);
        images = TrainedRun.testImages();
    }

    @AfterAll
    static void close() {
        classifier.close();
    }

    private interface Maker {
        PredictionQueue<Integer> make(Classifier classifier, InvertMode mode, BiConsumer<Integer, Result> results);
    }

    /** Adds all images, of which some fail. */
    private static List<Map.Entry<Integer, Result>> results(Maker queues) {
        List<Map.Entry<Integer, Result>> results = new ArrayList<>();
        PredictionQueue<Integer> queue =
                queues.make(classifier, InvertMode.NO, (key, result) -> results.add(Map.entry(key, result)));
        for (int i = 0; i < IMAGES; i++) {
            int image = i;
            queue.add(image, decoder -> picture(image));
        }
        queue.end();
        return results;
    }

    private static Picture picture(int image) throws FileNotFoundException {
        if (image >= UNREADABLE_FROM && image % 5 != 0) {
            throw new FileNotFoundException();
        }
        byte[] pixels = new byte[images.height() * images.width()];
        images.copyPixels(image, pixels, 0);
        return Picture.of(1, images.height(), images.width(), pixels);
    }

    @Test
    void a_task_gets_the_predictions_of_the_other_queue_in_the_order_of_its_images() {
        List<Map.Entry<Integer, Result>> expected = results(PredictionQueue::new);
        List<Map.Entry<Integer, Result>> found = results(PredictionQueue::ofTask);

        assertThat(found).hasSize(IMAGES).hasSameSizeAs(expected);
        for (int i = 0; i < IMAGES; i++) {
            assertThat(found.get(i).getKey()).isEqualTo(i);
            if (expected.get(i).getValue() instanceof Predicted predicted) {
                Predicted other = (Predicted) found.get(i).getValue();
                assertThat(other.prediction().probability())
                        .isCloseTo(predicted.prediction().probability(), within(1e-5));
                assertThat(other.prediction().className())
                        .isEqualTo(predicted.prediction().className());
                assertThat(other.lightBackground()).isEqualTo(predicted.lightBackground());
            } else {
                assertThat(found.get(i).getValue()).isEqualTo(new Failed("there is no such file"));
            }
        }
    }

    @Test
    void the_images_alone_decide_the_bits_of_a_task_s_predictions() {
        assertThat(results(PredictionQueue::ofTask)).isEqualTo(results(PredictionQueue::ofTask));
    }
}
