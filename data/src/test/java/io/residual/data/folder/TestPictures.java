package io.residual.data.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSet;
import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Folders with copies of the tests' pictures. */
record TestPictures(Path root) {
    static final FolderOptions OPTIONS =
            new FolderOptions(InputForm.of(ImageSize.square(28)), Colour.AUTO, OnCorruptImage.FAIL, List.of());

    TestPictures in(String folder) {
        return new TestPictures(root.resolve(folder));
    }

    ImageFolder open(String... classes) {
        return ImageFolder.open(root, OPTIONS.withClasses(List.of(classes)));
    }

    void put(String picture, String... places) throws IOException {
        for (String place : places) {
            Path file = root.resolve(place);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            try (InputStream in = Objects.requireNonNull(ImageSet.class.getResourceAsStream("picture/" + picture))) {
                Files.copy(in, file);
            }
        }
    }

    static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA));
    }
}
