package io.residual.data.picture;

import io.residual.core.files.RegularFile;
import io.residual.data.picture.PictureException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads PNG, JPEG, WebP, BMP, GIF (its first frame) and TIFF (its first page) within limits, to the values that Pillow's
 * {@code convert("RGB")} and {@code convert("L")} give: colour profiles and gamma are ignored, and a turn that a camera only
 * noted (EXIF) is not undone, neither here nor when training. Two things differ: transparent parts are laid over white, as a
 * page shows them, and of 16 bits the upper 8 count in grey pictures too, where Pillow 9.4 cuts off all above 255.
 *
 * <p>Safe for use by several threads.
 */
public final class PictureDecoder {
    private final PictureLimits limits;
    private final DecodingBudget budget;
    /** Idle ones end after a minute. */
    private final ExecutorService threads = daemons();

    /** With a share of the heap for pictures being decoded. */
    public PictureDecoder(PictureLimits limits) {
        this(limits, DecodingBudget.ofHeap());
    }

    public PictureDecoder(PictureLimits limits, DecodingBudget budget) {
        this.limits = limits;
        this.budget = budget;
    }

    public DecodingBudget budget() {
        return budget;
    }

    public PictureLimits limits() {
        return limits;
    }

    /**
     * Reads a file.
     *
     * @throws PictureException if it is no picture, too large or damaged
     * @throws IOException if it is not there or cannot be read
     */
    public Picture decode(Path file) throws IOException {
        return decode(content(file));
    }

    /**
     * The bytes of a file, not decoded.
     *
     * @throws PictureException if it is a folder, or has more bytes than allowed
     * @throws IOException if it is not there or cannot be read, or is a named pipe or a device
     */
    public byte[] content(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new PictureException(Reason.FORMAT, "a folder, not a picture");
        }
        try (InputStream in = isStreamOfProcess(file) ? Files.newInputStream(file) : RegularFile.stream(file)) {
            byte[] content = in.readNBytes(Math.addExact(limits.bytes(), 1));
            requireFewBytes(content);
            return content;
        }
    }

    /** What a shell opened for this process, as for {@code <(curl ...)}: unlike a named pipe it has an end. */
    private static boolean isStreamOfProcess(Path file) {
        return file.startsWith("/dev/fd") || file.equals(Path.of("/dev/stdin"));
    }

    private void requireFewBytes(byte[] content) throws PictureException {
        if (content.length > limits.bytes()) {
            throw PictureException.tooManyBytes(limits.bytes());
        }
    }

    /**
     * Reads the header of a file's content.
     *
     * @throws PictureException if it is no picture, or larger than allowed
     */
    public PictureHeader header(byte[] file) throws PictureException {
        requireFewBytes(file);
        PictureHeader header = PictureHeader.of(file);
        if (header.pixels() > limits.pixels()) {
            throw new PictureException(
                    Reason.PIXELS,
                    String.format(
                            Locale.ROOT,
                            "%d x %d pixels, more than the %,d allowed: reduce the picture",
                            header.width(),
                            header.height(),
                            limits.pixels()));
        }
        return header;
    }

    /**
     * Reads the content of a file, and waits for memory before if other threads have it.
     *
     * @throws PictureException if it is no picture, too large or damaged
     */
    public Picture decode(byte[] file) throws PictureException {
        try (DecodingBudget.Lease lease = budget.reserve(header(file).decodingBytes())) {
            return decode(file, lease);
        }
    }

    /**
     * Reads the content of a file. A thread of its own decodes it: one that does not end in time is given up, and its memory
     * given back when it ends, so that no file keeps the caller longer than {@link PictureLimits#decoding}.
     *
     * @param lease of what its header asks for; the caller gives it back
     * @throws PictureException if it is no picture, too large or damaged
     */
    public Picture decode(byte[] file, DecodingBudget.Lease lease) throws PictureException {
        PictureHeader header = header(file);
        List<BoundedStream> streams = new CopyOnWriteArrayList<>();
        BooleanSupplier late = () -> streams.stream().anyMatch(BoundedStream::isLate);
        Decoding decoding = new Decoding(
                header,
                file,
                limits.pixels(),
                content -> {
                    BoundedStream stream = new BoundedStream(
                            content,
                            header.lookahead(),
                            header.claimedBytes(),
                            limits.decoding().toNanos());
                    streams.add(stream);
                    return stream;
                },
                late);
        lease.retain();
        Future<Picture> picture = threads.submit(() -> {
            try {
                return decoding.run();
            } finally {
                lease.release();
            }
        });
        try {
            return Uninterrupted.get(picture, limits.decoding());
        } catch (TimeoutException e) {
            streams.forEach(BoundedStream::stop);
            throw late(e);
        } catch (ExecutionException e) {
            throw late.getAsBoolean() ? late(e) : refusal(header.format(), e.getCause());
        }
    }

    private PictureException late(Exception cause) {
        return new PictureException(
                Reason.LIMIT,
                "not decoded within " + limits.decoding().toSeconds()
                        + " s: save the picture again, smaller or as another kind",
                cause);
    }

    /** The decoders throw whatever comes up when they meet nonsense: IndexOutOfBounds, AssertionError or OutOfMemoryError, too. */
    private static PictureException refusal(PictureFormat format, @Nullable Throwable error) {
        if (error instanceof PictureException known) {
            return known;
        }
        if (error instanceof LinkageError broken) {
            throw broken;
        }
        if (error instanceof OutOfMemoryError) {
            return new PictureException(
                    Reason.LIMIT, "takes more memory to decode than there is: reduce the picture", error);
        }
        return error instanceof EOFException || error instanceof BoundedStream.PastEnd
                ? PictureHeader.cutShort(format, error)
                : new PictureException(Reason.DAMAGED, "a damaged " + format + reason(error), error);
    }

    /** The decoder's own words, if it has some: other exceptions are about its insides. */
    private static String reason(@Nullable Throwable error) {
        return error instanceof IOException && error.getMessage() != null
                ? error.getMessage()
                        .lines()
                        .findFirst()
                        .map(line -> " (" + line.strip() + ")")
                        .orElse("")
                : "";
    }

    private static ExecutorService daemons() {
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "picture");
            thread.setDaemon(true);
            return thread;
        });
    }
}
