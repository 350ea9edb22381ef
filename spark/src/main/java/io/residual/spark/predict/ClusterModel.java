package io.residual.spark.predict;

import java.io.Serializable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A model as tasks carry it: its files are sent to an executor when it opens the model.
 *
 * @param sha256 of the files
 */
public record ClusterModel(Broadcast<PackedModel> files, String sha256, ClassifierSettings settings)
        implements Serializable {
    /** Gives a cluster a model. */
    public static ClusterModel of(JavaSparkContext context, PackedModel model, ClassifierSettings settings) {
        return new ClusterModel(context.broadcast(model), model.sha256(), settings);
    }
}
