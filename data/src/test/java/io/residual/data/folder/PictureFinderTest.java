package io.residual.data.folder;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.SkippedFiles.Reason;
import io.residual.data.folder.PictureFinder.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class PictureFinderTest {
    @TempDir
    Path temporary;

    private TestPictures pets;
    private Path root;
    private PictureFinder finder;

    @BeforeEach
    void folder() {
        pets = new TestPictures(temporary.resolve("pets"));
        root = pets.root();
        finder = new PictureFinder(root);
    }

    @Test
    void content_and_not_the_ending_makes_an_image() throws IOException {
        pets.put("colour.png", "a.png", "b.JPG", "c.jfif", "d.dat", "e", "f/g.Tiff");
        Files.writeString(root.resolve("notes.txt"), "no image");
        Files.write(root.resolve("IMG_1.heic"), new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p', 'h', 'e', 'i', 'c'});
        Files.write(root.resolve("Empty"), new byte[0]);
        Files.writeString(root.resolve("text.jpeg"), "corrupt: it is called an image");

        assertThat(names()).containsExactly("a.png", "b.JPG", "c.jfif", "d.dat", "e", "f/g.Tiff", "text.jpeg");
        assertThat(finder.skipped().names().get(Reason.NO_IMAGE))
                .containsExactlyInAnyOrder("notes.txt", "IMG_1.heic", "Empty");
        assertThat(finder.skipped().lines()).contains("skipped, not an image: notes.txt");
    }

    @Test
    void hidden_files_and_those_of_systems_are_skipped() throws IOException {
        pets.put("grey.png", "1.png", "._1.png", ".DS_Store", "Thumbs.db", "desktop.ini", "@eaDir/1.png", ".git/2.png");

        assertThat(names()).containsExactly("1.png");
        assertThat(finder.skipped().summary())
                .startsWith("3 hidden (")
                .contains("; 3 of the system (")
                .contains("Thumbs.db");
    }

    @Test
    void links_within_the_folder_are_followed_and_the_folder_itself_may_be_one() throws IOException {
        pets.put("grey.png", "real/1.png");
        Files.createSymbolicLink(root.resolve("linked"), Path.of("real"));
        Files.createSymbolicLink(root.resolve("2.png"), root.resolve("real/1.png"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), root);

        assertThat(names()).containsExactly("2.png", "linked/1.png", "real/1.png");
        assertThat(new PictureFinder(link).images(link)).extracting(Found::name).isEqualTo(names());
    }

    @Test
    void circles_of_links_and_links_to_nothing_are_skipped() throws IOException {
        pets.put("grey.png", "cat/1.png", "dog/1.png");
        Files.createSymbolicLink(root.resolve("cat/up"), Path.of(".."));
        Files.createSymbolicLink(root.resolve("cat/self"), Path.of("self"));
        Files.createSymbolicLink(root.resolve("cat/here"), Path.of("."));
        Files.createSymbolicLink(root.resolve("dog/gone"), Path.of("nowhere"));

        assertThat(finder.images(root.resolve("cat"))).extracting(Found::name).containsExactly("cat/1.png");
        assertThat(names()).containsExactly("cat/1.png", "dog/1.png");
        assertThat(finder.skipped().names().get(Reason.LOOP)).containsExactlyInAnyOrder("cat/up", "cat/here");
        assertThat(finder.skipped().names().get(Reason.LINK_TO_NOWHERE))
                .containsExactlyInAnyOrder("cat/self", "dog/gone");
    }

    @Test
    void links_that_make_billions_of_paths_are_refused() throws IOException {
        pets.put("grey.png", "20/1.png");
        for (int i = 19; i >= 0; i--) {
            Files.createDirectories(root.resolve(String.valueOf(i)));
            Files.createSymbolicLink(root.resolve(i + "/a"), Path.of("..", String.valueOf(i + 1)));
            Files.createSymbolicLink(root.resolve(i + "/b"), Path.of("..", String.valueOf(i + 1)));
        }

        TestPictures.assertRefused(this::names)
                .hasMessage(root + ": more than 10000 folders are reached by links: remove some of them.");
    }

    @Test
    void pipes_and_devices_are_skipped_and_not_opened() throws Exception {
        pets.put("grey.png", "1.png");
        for (String pipe : List.of("pipe.png", "pipe")) {
            Process made = new ProcessBuilder("mkfifo", root.resolve(pipe).toString()).start();
            assertThat(made.waitFor()).isZero();
        }
        Files.createSymbolicLink(root.resolve("zero.png"), Path.of("/dev/zero"));

        assertThat(names()).containsExactly("1.png");
        assertThat(finder.skipped().names().get(Reason.DEVICE))
                .containsExactlyInAnyOrder("pipe", "pipe.png", "zero.png");
    }

    private List<String> names() {
        return finder.images(root).stream().map(Found::name).toList();
    }
}
