package io.residual.data.folder;

/** How many channels the pictures of a folder get. */
public enum Colour {
    /** One if all pictures are grey, else three; grey pictures among coloured ones get three equal channels. */
    AUTO,
    /** One: colours become grey as Pillow's mode L has them (ITU-R 601-2). */
    GREY,
    /** Three: red, green, blue. */
    RGB;

    /** The choice that gives so many channels. */
    public static Colour ofChannels(int channels) {
        return switch (channels) {
            case 1 -> GREY;
            case 3 -> RGB;
            default -> throw new IllegalArgumentException("pictures have 1 or 3 channels, not " + channels);
        };
    }

    /** Channels to read a picture with that has so many of its own. */
    int channels(int own) {
        return switch (this) {
            case AUTO -> own;
            case GREY -> 1;
            case RGB -> 3;
        };
    }
}
