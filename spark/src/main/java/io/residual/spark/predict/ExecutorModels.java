package io.residual.spark.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.evaluation.predict.Classifier;
import io.residual.spark.cluster.TemporaryFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The models that are open in this process. Tasks with the same model share it, one after another and at a time; some that no
 * task uses stay open for the next.
 */
public final class ExecutorModels {
    /** Enough for a pipeline of several models. */
    private static final int MAX_OPEN = 4;

    /** An executor has no other place that outlives a task. */
    private static final ExecutorModels OF_PROCESS = new ExecutorModels();

    private record Key(String sha256, ClassifierSettings settings) {}

    private static final class Open {
        private final Classifier classifier;
        private int tasks;

        Open(Classifier classifier) {
            this.classifier = classifier;
        }
    }

    /** The longest unused first. */
    private final Map<Key, Open> models = new LinkedHashMap<>(16, 0.75f, true);

    private ExecutorModels() {}

    /** A model in use, which closing leaves to others. */
    public static final class Lease implements AutoCloseable {
        private final Open open;

        private Lease(Open open) {
            this.open = open;
        }

        public Classifier classifier() {
            return open.classifier;
        }

        @Override
        public void close() {
            OF_PROCESS.release(open);
        }
    }

    /**
     * The model in this process, which opens it if it has not yet.
     *
     * @throws ResidualException as {@link Classifier#open} does
     */
    public static Lease lease(ClusterModel model) {
        return new Lease(OF_PROCESS.use(model));
    }

    private synchronized Open use(ClusterModel model) {
        Key key = new Key(model.sha256(), model.settings());
        Open open = models.get(key);
        if (open == null) {
            open = new Open(classifier(model));
            models.put(key, open);
        }
        open.tasks++;
        return open;
    }

    private synchronized void release(Open open) {
        open.tasks--;
        List<Open> unused = new ArrayList<>(models.values().stream()
                .filter(each -> each.tasks == 0)
                .limit(Math.max(0, models.size() - MAX_OPEN))
                .toList());
        models.values().removeAll(unused);
        unused.forEach(each -> each.classifier.close());
    }

    private static Classifier classifier(ClusterModel model) {
        try (TemporaryFolder run = TemporaryFolder.create("model")) {
            PackedModel files = model.files().value();
            files.writeTo(run.path());
            // A classifier has read all that it needs when it is open.
            return Classifier.open(run.path(), model.settings().options(files.choice(run.path())));
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    "an executor cannot write the model to its disk (" + IoErrors.reason(e)
                            + "): is there space in its temporary directory?",
                    e);
        }
    }
}
