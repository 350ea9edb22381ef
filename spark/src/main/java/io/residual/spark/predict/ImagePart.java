package io.residual.spark.predict;

import io.residual.evaluation.predict.PredictionQueue.Content;
import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/** Images that one task predicts, always in the same order. Tasks carry it. */
sealed interface ImagePart extends Serializable permits FilePart, IdxPart, ParquetPart {
    /** Takes images in their order. */
    @FunctionalInterface
    interface Sink {
        /**
         * Takes the next image.
         *
         * @param name in the words of the user
         */
        void image(String name, Content content);
    }

    /**
     * Gives all images to a sink. Images that cannot be read say so when their content is read.
     *
     * @throws IOException if the file that has all of them cannot be read
     */
    void read(Configuration storage, Sink sink) throws IOException;

    /** What the images are known by before they are read: if it is equal, they are very likely the same. */
    String fingerprint();

    /** At least 1; of files that are listed but missing, too. */
    long images();
}
