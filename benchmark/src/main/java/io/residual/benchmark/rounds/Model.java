package io.residual.benchmark.rounds;

import io.residual.core.Flavour;
import io.residual.core.ResNetSpec;

/** The networks that are measured; the peers have them, too. */
public enum Model {
    /** The d2l book's. */
    RESNET_18("resnet18", "ResNet-18", 64) {
        @Override
        ResNetSpec spec() {
            return ResNetSpec.resNet(18, Flavour.BOOK);
        }
    },
    /** He et al. 2015, section 4.2: for small images, with shortcuts of option A. */
    RESNET_20("resnet20", "ResNet-20", 16) {
        @Override
        ResNetSpec spec() {
            return ResNetSpec.cifar(20, Flavour.CIFAR);
        }
    };

    private final String word;
    private final String title;
    private final int width;

    Model(String word, String title, int width) {
        this.word = word;
        this.title = title;
        this.width = width;
    }

    /** On grey images of any size, 10 classes. */
    abstract ResNetSpec spec();

    /** In cases on the command line. */
    String word() {
        return word;
    }

    /** The network's name. */
    public String title() {
        return title;
    }

    /** Channels of its stem. */
    public int width() {
        return width;
    }
}
