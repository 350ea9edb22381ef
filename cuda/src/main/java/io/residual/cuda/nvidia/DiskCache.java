package io.residual.cuda.nvidia;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was made once and can be made again: a directory that cannot be read or written is as good as an empty one. Several
 * processes may use one directory.
 */
record DiskCache(Path directory) {
    /** {@code $XDG_CACHE_HOME/residual/cuda}, or that of {@code ~/.cache}. */
    static Path ofUser(Map<String, String> environment, Path home) {
        String named = environment.getOrDefault("XDG_CACHE_HOME", "");
        return (named.startsWith("/") ? Path.of(named) : home.resolve(".cache"))
                .resolve("residual")
                .resolve("cuda");
    }

    /** A file's name that stands for all of the parts, in their order. */
    static String key(List<String> parts, String suffix) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest()) + suffix;
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256", impossible);
        }
    }

    Optional<byte[]> read(String key) {
        try {
            return Optional.of(Files.readAllBytes(directory.resolve(key)));
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** Whether it could be written; the file is whole at any time. */
    boolean write(String key, byte[] content) {
        try {
            Files.createDirectories(directory);
            Path part = Files.createTempFile(directory, key, ".part");
            try {
                Files.write(part, content);
                Files.move(
                        part,
                        directory.resolve(key),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                return true;
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException unwritable) {
            return false;
        }
    }
}
