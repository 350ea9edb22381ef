package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.download.DataPlaces;
import io.residual.data.download.DownloadLimits;
import io.residual.data.download.DownloadProgress;
import io.residual.data.download.FashionMnistSearch;
import io.residual.data.download.TestServer;
import io.residual.data.idx.FashionMnist;
import io.residual.data.idx.FashionMnist.DataFile;
import io.residual.data.idx.IdxFile;
import io.residual.data.idx.IdxFileTest;
import io.residual.data.idx.IdxSource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DataSourceTest {
    private static final Path DEBIAN = Path.of("/usr/share/datasets/fashion-mnist");
    private static final DownloadProgress UNSEEN =
            DownloadProgress.lines(new PrintStream(OutputStream.nullOutputStream()));
    private static final DownloadLimits LIMITS =
            new DownloadLimits(Duration.ofSeconds(5), Duration.ofSeconds(5), 64 << 20, 2);

    @TempDir
    Path root;

    private Path cache;
    private Path installed;
    private Path named;

    @BeforeEach
    void folders() throws IOException {
        cache = root.resolve("cache");
        installed = root.resolve("installed");
        named = Files.createDirectory(root.resolve("named"));
    }

    @Test
    void a_named_folder_may_hold_any_data_set_of_the_layout() {
        writeSmallSet(named);

        DataSource source = find(named.toString());

        assertThat(source.origin()).isEqualTo(new Origin(Origin.Kind.FOLDER, named.toString()));
        assertThat(source.origin().describe()).isEqualTo("the given folder, " + named);
        ImageSet test = source.open(Split.TEST, 1);
        assertThat(test.size()).isEqualTo(3);
        assertThat(test.height()).isEqualTo(4);
        assertThat(test.width()).isEqualTo(5);
        assertThat(test.classNames()).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        assertThat(test.digests())
                .containsOnlyKeys("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
                .containsEntry(
                        "t10k-labels-idx1-ubyte",
                        IdxFile.readLabels(named.resolve("t10k-labels-idx1-ubyte"), 10)
                                .sha256());
        assertThat(source.wholeTraining().size()).isEqualTo(26);
        assertThat(source.open(Split.TRAIN, 1).classCounts()).startsWith(11, 13);
        assertThat(source.open(Split.VALIDATION, 1).classCounts()).startsWith(1, 1);
    }

    @Test
    void a_named_folder_may_name_its_classes() throws IOException {
        writeSmallSet(named);
        Files.writeString(named.resolve("classes.txt"), "hat\nglove\n");

        assertThat(find(named.toString()).wholeTraining().classNames()).containsExactly("hat", "glove");
        IdxFileTest.assertFault(() -> find(named.toString()).open(Split.TEST, 1))
                .hasMessage(named.resolve("t10k-labels-idx1-ubyte")
                        + ": label 9 at index 0 is over the highest of the 2 classes, 1.");
    }

    @Test
    void class_names_that_are_not_all_different_are_refused() throws IOException {
        writeSmallSet(named);
        Files.writeString(named.resolve("classes.txt"), "hat\nhat\n");

        IdxFileTest.assertFault(() -> find(named.toString()))
                .hasMessage(named.resolve("classes.txt")
                        + ": expected 2 to 256 names of classes, one a line, no blank line, none twice.");
    }

    @Test
    void a_named_folder_that_is_unusable_is_an_error_even_if_the_data_is_elsewhere() throws IOException {
        writeSmallSet(Files.createDirectories(cache));
        Path missing = root.resolve("missing");

        IdxFileTest.assertFault(() -> find(missing.toString()))
                .hasMessage(missing + ": no such folder. Give a folder of IDX files or of images, or 'sample'.");
        IdxBytes.write(named.resolve("train-images-idx3-ubyte"), IdxBytes.images(1, 2, 2));
        IdxBytes.write(named.resolve("t10k-images-idx3-ubyte.gz"), IdxBytes.images(1, 2, 2));
        IdxFileTest.assertFault(() -> find(named.toString()))
                .hasMessage(named + ": train-labels-idx1-ubyte.gz, t10k-labels-idx1-ubyte.gz missing. "
                        + "A data set is four files, train-images-idx3-ubyte.gz and so on, compressed or not.");
    }

    @Test
    void too_few_images_for_a_validation_part_are_an_error() {
        writeSmallSet(named);
        IdxBytes.write(named.resolve("train-images-idx3-ubyte"), IdxBytes.images(3, 4, 5));
        IdxBytes.write(named.resolve("train-labels-idx1-ubyte"), IdxBytes.labels(0, 1, 1));

        IdxFileTest.assertFault(() -> find(named.toString()).open(Split.VALIDATION, 1))
                .hasMessage(
                        named + ": too few training images (3) for a part for validation; every class needs 12 or so.");
    }

    @Test
    void the_cache_must_hold_fashion_mnist() throws IOException {
        writeSmallSet(Files.createDirectories(cache));
        Path images = cache.resolve("t10k-images-idx3-ubyte");
        String found = IdxFile.readImages(images).sha256();

        DataSource source = find();

        assertThat(source.origin()).isEqualTo(new Origin(Origin.Kind.CACHE, cache.toString()));
        IdxFileTest.assertFault(() -> source.open(Split.TEST, 1))
                .hasMessage(images + ": the content is not Fashion-MNIST's (SHA-256 " + found + ", expected "
                        + DataFile.TEST_IMAGES.sha256() + "). Delete the file, and it is downloaded again.");
    }

    @Test
    void a_broken_file_of_the_package_is_mended_by_installing_again() throws IOException {
        writeSmallSet(Files.createDirectories(installed));
        IdxBytes.write(installed.resolve("t10k-images-idx3-ubyte"), new byte[] {0, 0});

        IdxFileTest.assertFault(() -> find().open(Split.TEST, 1))
                .hasMessage(installed.resolve("t10k-images-idx3-ubyte")
                        + ": truncated within its header of 16 bytes. Fetch the file again."
                        + " Fix it with: apt-get install --reinstall dataset-fashion-mnist");
    }

    @Test
    void when_it_is_nowhere_every_place_is_told_with_its_reason() throws IOException {
        try (var server = new TestServer()) {
            URI mirror = server.folder();

            IdxFileTest.assertFault(() -> find(mirror))
                    .hasMessage("Fashion-MNIST was not found. Tried the cache, " + cache + ": no such folder; "
                            + "the installed package, " + installed + ": no such folder; "
                            + mirror + "train-images-idx3-ubyte.gz: status 404. "
                            + "Install it with 'apt-get install dataset-fashion-mnist', or name a folder that "
                            + "has its four files, or try the built-in sample (data set 'sample').");
        }
    }

    @Test
    void a_download_of_wrong_content_stays_out_of_the_cache() throws IOException {
        byte[] images = IdxBytes.gzip(IdxBytes.images(2, 28, 28));
        try (var server = new TestServer().with("train-images-idx3-ubyte.gz", images)) {
            IdxFileTest.assertFault(() -> find(server.folder()))
                    .hasMessageContaining("train-images-idx3-ubyte.gz: the content is not Fashion-MNIST's (SHA-256 ");
            assertThat(cache.resolve("train-images-idx3-ubyte.gz")).doesNotExist();
            assertThat(cache.resolve("train-images-idx3-ubyte.gz.part")).doesNotExist();
        }
    }

    @Test
    void a_cache_that_cannot_be_written_is_a_reason() throws IOException {
        Files.writeString(cache, "a file where the folder should be");
        IdxFileTest.assertFault(this::find).hasMessageContaining("a download to " + cache + ": cannot be written (");
    }

    @Test
    void several_searches_at_once_download_each_file_once() throws Exception {
        requireFashionMnist();
        try (var server = new TestServer()) {
            for (DataFile file : DataFile.values()) {
                server.with(file.gzipName(), Files.readAllBytes(DEBIAN.resolve(file.gzipName())));
            }
            ExecutorService threads = Executors.newFixedThreadPool(3);
            try {
                List<Future<DataSource>> sources =
                        threads.invokeAll(Collections.nCopies(3, () -> find(server.folder())));
                for (Future<DataSource> source : sources) {
                    assertThat(source.get().open(Split.TEST, 1).size()).isEqualTo(10_000);
                }
                assertThat(sources.get(0).get().origin().place()).isEqualTo(cache.toString());
            } finally {
                threads.shutdown();
            }
            assertThat(server.requests()).hasSize(4).doesNotHaveDuplicates();

            assertThat(find(server.folder()).origin().kind())
                    .as("the next process finds it in the cache")
                    .isEqualTo(Origin.Kind.CACHE);
        }
    }

    @Test
    void fashion_mnist_of_the_package_is_read_and_split() {
        requireFashionMnist();
        installed = DEBIAN;

        DataSource source = find();

        assertThat(source.origin().describe()).isEqualTo("the installed package, " + DEBIAN);
        ImageSet test = source.open(Split.TEST, 42);
        assertThat(test.classCounts()).containsOnly(1000);
        // the first test image is an ankle boot; its pixels were read with Python's gzip and struct
        assertThat(test.classNames().get(test.label(0))).isEqualTo("Ankle boot");
        byte[] boot = new byte[784];
        test.copyPixels(0, boot, 0);
        assertThat(Arrays.copyOfRange(boot, 20 * 28, 20 * 28 + 5))
                .containsExactly(16, 126, (byte) 171, (byte) 188, (byte) 188);
        assertThat(source.open(Split.TRAIN, 42).classCounts()).containsOnly(5500);
        assertThat(source.open(Split.VALIDATION, 42).classCounts()).containsOnly(500);
    }

    @Test
    void a_folder_with_fashion_mnist_has_its_class_names() {
        requireFashionMnist();
        assertThat(find(DEBIAN.toString()).open(Split.TEST, 1).classNames()).isEqualTo(FashionMnist.CLASS_NAMES);
    }

    private static void requireFashionMnist() {
        DebianPackage.require("dataset-fashion-mnist", DEBIAN.resolve("t10k-labels-idx1-ubyte.gz"));
    }

    /** 26 training images of two classes, and 3 test images with a label of 9, not compressed. */
    private static void writeSmallSet(Path folder) {
        IdxBytes.write(folder.resolve("train-images-idx3-ubyte"), IdxBytes.images(26, 4, 5));
        IdxBytes.write(folder.resolve("train-labels-idx1-ubyte"), IdxBytes.labels(TestSets.labels(12, 14)));
        IdxBytes.write(folder.resolve("t10k-images-idx3-ubyte"), IdxBytes.images(3, 4, 5));
        IdxBytes.write(folder.resolve("t10k-labels-idx1-ubyte"), IdxBytes.labels(9, 0, 1));
    }

    private DataSource find(String data) {
        return IdxSource.open(Path.of(data));
    }

    private DataSource find(URI... mirrors) {
        return new FashionMnistSearch(places(mirrors), UNSEEN).run();
    }

    private DataPlaces places(URI... mirrors) {
        return new DataPlaces(cache, installed, List.of(mirrors), LIMITS);
    }
}
