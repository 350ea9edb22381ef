package io.residual.cuda.images;

import io.residual.data.ImageSet;

/** A set of the module data. */
record SetSource(ImageSet images) implements DeviceImages.Source {
    @Override
    public int size() {
        return images.size();
    }

    @Override
    public int channels() {
        return images.channels();
    }

    @Override
    public int height() {
        return images.height();
    }

    @Override
    public int width() {
        return images.width();
    }

    @Override
    public void copyPixels(int index, byte[] target) {
        images.copyPixels(index, target, 0);
    }

    @Override
    public int label(int index) {
        return images.label(index);
    }
}
