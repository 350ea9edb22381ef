package io.residual.spark.ml;

import io.residual.data.picture.Picture;
import io.residual.evaluation.predict.PredictionQueue.Content;
import java.io.IOException;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.sql.Row;

/** Images in the cells of tables: the bytes of a file, or the pixels that Spark's {@code image} source has decoded. */
final class ImageCell {
    private static final int WHITE = 255;

    private ImageCell() {}

    static Content content(Row row, int column) {
        if (row.isNullAt(column)) {
            return decoder -> {
                throw new IOException("the cell is empty");
            };
        }
        return row.get(column) instanceof byte[] file
                ? decoder -> decoder.decode(file)
                : decoder -> picture(row.getStruct(column));
    }

    private static Picture picture(Row image) throws IOException {
        int height = ImageSchema.getHeight(image);
        int width = ImageSchema.getWidth(image);
        int channels = ImageSchema.getNChannels(image);
        byte[] data = ImageSchema.getData(image);
        // Spark has rows of this kind for files that it could not decode.
        if (height < 1 || width < 1) {
            throw new IOException("Spark could not decode it");
        }
        if ((channels != 1 && channels != 3 && channels != 4) || (long) height * width * channels != data.length) {
            throw new IOException(
                    data.length + " bytes do not fit " + channels + " channels of " + height + " x " + width);
        }
        return Picture.of(channels == 1 ? 1 : 3, height, width, channels == 1 ? data : planes(data, channels));
    }

    /** From [pixels, blue-green-red(-alpha)] to [red-green-blue, pixels], laid over white, as {@code PictureDecoder} does. */
    private static byte[] planes(byte[] data, int channels) {
        int pixels = data.length / channels;
        byte[] planes = new byte[3 * pixels];
        for (int p = 0; p < pixels; p++) {
            int alpha = channels == 4 ? data[4 * p + 3] & 0xff : WHITE;
            for (int c = 0; c < 3; c++) {
                int value = data[channels * p + 2 - c] & 0xff;
                planes[c * pixels + p] = (byte) ((value * alpha + WHITE * (WHITE - alpha) + WHITE / 2) / WHITE);
            }
        }
        return planes;
    }
}
