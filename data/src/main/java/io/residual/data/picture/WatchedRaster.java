package io.residual.data.picture;

import java.awt.Point;
import java.awt.image.BufferedImage;
import java.awt.image.SampleModel;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import org.jspecify.annotations.Nullable;

/**
 * Pixels that end a decoder after its deadline, whatever it does to them: the reader of lossless WebP goes over all of them
 * once for each transform that a file names, and reads nothing meanwhile.
 */
final class WatchedRaster extends WritableRaster {
    private static final int LOOK_EVERY = 4096;

    private final BooleanSupplier late;
    private int calls;

    private WatchedRaster(SampleModel model, BooleanSupplier late) {
        super(model, new Point());
        this.late = late;
    }

    /** Parameters with which a reader decodes its first picture into such pixels. */
    static ImageReadParam parameters(ImageReader reader, BooleanSupplier late) throws IOException {
        ImageTypeSpecifier type = reader.getRawImageType(0);
        SampleModel model = type.getSampleModel(reader.getWidth(0), reader.getHeight(0));
        ImageReadParam parameters = reader.getDefaultReadParam();
        parameters.setDestination(new BufferedImage(type.getColorModel(), new WatchedRaster(model, late), false, null));
        return parameters;
    }

    private void look() {
        if (++calls % LOOK_EVERY == 0 && late.getAsBoolean()) {
            throw new IllegalStateException("too late");
        }
    }

    /** This one, if all of it is asked for. */
    @Override
    public WritableRaster createWritableChild(
            int x, int y, int w, int h, int childX, int childY, int @Nullable [] bands) {
        boolean all = x == 0 && y == 0 && childX == 0 && childY == 0 && w == getWidth() && h == getHeight();
        boolean allBands = bands == null || (Arrays.equals(bands, new int[] {0, 1, 2, 3}) && getNumBands() == 4);
        return all && allBands ? this : super.createWritableChild(x, y, w, h, childX, childY, bands);
    }

    @Override
    public Object getDataElements(int x, int y, Object into) {
        look();
        return super.getDataElements(x, y, into);
    }

    @Override
    public Object getDataElements(int x, int y, int w, int h, Object into) {
        look();
        return super.getDataElements(x, y, w, h, into);
    }

    @Override
    public void setDataElements(int x, int y, Object from) {
        look();
        super.setDataElements(x, y, from);
    }

    @Override
    public void setDataElements(int x, int y, int w, int h, Object from) {
        look();
        super.setDataElements(x, y, w, h, from);
    }
}
