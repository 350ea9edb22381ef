package io.residual.spark.predict;

import io.residual.core.files.Sha256;
import io.residual.spark.predict.FilePart.ImageFile;
import io.residual.spark.predict.ParquetPart.RowRange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides images into parts, one for each task and each file of the output, in their order. The images alone decide the parts,
 * not the cluster, so that another cluster resumes where one was lost.
 */
final class PartPlan {
    /** So that a task takes longer than what surrounds it. */
    private static final int MIN_IMAGES = 500;
    /** Of tables whose images are small, as much as takes long enough. */
    private static final long MIN_BYTES = 2 << 20;
    /** A lost task costs no more than this; a minute or so. */
    private static final int MAX_IMAGES = 20_000;
    /** Enough for the balance of large clusters. */
    private static final int PARTS = 1_000;

    private static final long MAX_BYTES = 512L << 20;

    private final List<ImagePart> added = new ArrayList<>();
    private long images;

    /** Adds a file of one image. */
    void add(ImageFile file) {
        add(new FilePart(List.of(file)));
    }

    /** Adds rows of a table. */
    void add(ImagePart rows) {
        added.add(rows);
        images += rows.images();
    }

    long images() {
        return images;
    }

    /** The parts of all that was added. */
    List<ImagePart> parts() {
        long perPart = Math.min(MAX_IMAGES, Math.max(MIN_IMAGES, images / PARTS));
        List<ImagePart> parts = new ArrayList<>();
        List<ImageFile> files = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < added.size(); i++) {
            if (added.get(i) instanceof FilePart file) {
                files.addAll(file.files());
                bytes += file.files().get(0).bytes();
            }
            boolean last = i + 1 == added.size() || !(added.get(i + 1) instanceof FilePart);
            if (!files.isEmpty() && (last || files.size() >= perPart || bytes >= MAX_BYTES)) {
                parts.add(new FilePart(files));
                files.clear();
                bytes = 0;
            }
            if (added.get(i) instanceof IdxPart rows) {
                split(rows, perPart, parts);
            } else if (added.get(i) instanceof ParquetPart group) {
                merge(group, perPart, parts);
            }
        }
        return parts;
    }

    private static void split(IdxPart rows, long perPart, List<ImagePart> parts) {
        long step = Math.max(perPart, Math.min(MAX_IMAGES, MIN_BYTES / rows.pixels()));
        for (long from = rows.from(); from < rows.to(); from += step) {
            parts.add(rows.rows((int) from, (int) Math.min(rows.to(), from + step)));
        }
    }

    /** Joins a row group to those before it of the same file while they are few rows, or small ones. */
    private static void merge(ParquetPart group, long perPart, List<ImagePart> parts) {
        int last = parts.size() - 1;
        if (last >= 0
                && parts.get(last) instanceof ParquetPart before
                && before.uri().equals(group.uri())
                && before.rows().end() <= group.rows().start()
                && isSmall(
                        before.images() + group.images(),
                        group.rows().end() - before.rows().start(),
                        perPart)) {
            RowRange rows = new RowRange(
                    before.rows().first(),
                    before.images() + group.images(),
                    before.rows().start(),
                    group.rows().end());
            parts.set(last, new ParquetPart(group.name(), group.uri(), group.columns(), rows));
        } else {
            parts.add(group);
        }
    }

    private static boolean isSmall(long rows, long bytes, long perPart) {
        return rows <= perPart || (rows <= MAX_IMAGES && bytes <= MIN_BYTES);
    }

    /** A digest of what parts are known by, as 64 hex digits. */
    static String sha256(List<ImagePart> parts) {
        MessageDigest digest = Sha256.digest();
        parts.forEach(part -> digest.update((part.fingerprint() + "\n\n").getBytes(StandardCharsets.UTF_8)));
        return Sha256.hex(digest);
    }
}
