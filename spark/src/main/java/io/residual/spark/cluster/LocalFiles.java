package io.residual.spark.cluster;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FsConstants;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The files of this machine as Hadoop sees them. Its own file system starts {@code chmod} once or twice for each file that it
 * writes, and writes a file of checksums beside it. These files have the permissions that this process gives all files.
 */
public final class LocalFiles extends RawLocalFileSystem {
    static FileSystem of(Configuration configuration) throws IOException {
        LocalFiles files = new LocalFiles();
        files.initialize(FsConstants.LOCAL_FS_URI, configuration);
        return files;
    }

    /** For Hadoop, which opens what this names by its class. */
    public static Configuration configuration() {
        Configuration configuration = new Configuration(false);
        configuration.setClass("fs.file.impl", LocalFiles.class, FileSystem.class);
        configuration.setBoolean("fs.file.impl.disable.cache", true);
        return configuration;
    }

    /** Does nothing. */
    @Override
    public void setPermission(Path path, FsPermission permission) {}
}
