package io.residual.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;

class AvailabilityTest {
    @Test
    void the_library_on_the_class_path_is_the_one_that_answers() {
        assertThat(OneDnn.availability()).isInstanceOfSatisfying(Availability.Available.class, available -> {
            assertThat(available.version()).isEqualTo("3.8.1");
            assertThat(available.instructions()).startsWith("0x");
        });
    }

    @Test
    void blas_can_be_kept_to_one_thread() {
        Blas blas = Nd4j.factory().blas();
        int before = blas.getMaxThreads();
        try {
            blas.setMaxThreads(2);

            assertThat(OneDnn.limitBlas()).isEqualTo(2);

            assertThat(blas.getMaxThreads()).isEqualTo(1);
        } finally {
            blas.setMaxThreads(before);
        }
    }

    @Test
    void without_the_library_the_answer_is_a_reason_and_not_an_error() throws Exception {
        var type = new WithoutDnnl().loadClass(OneDnn.class.getName());

        var answer = type.getMethod("availability").invoke(null);

        assertThat(answer.toString())
                .startsWith("Unavailable[reason=oneDNN does not load on ")
                .contains("NoClassDefFoundError: org/bytedeco/dnnl/")
                .endsWith("Are dnnl and opencl for this system on the class path?]");
        // And again: a class whose initialisation failed throws another error the second time.
        assertThat(type.getMethod("availability").invoke(null)).isEqualTo(answer);
    }

    /** Loads this package's classes again, and finds no class of oneDNN. */
    private static final class WithoutDnnl extends ClassLoader {
        WithoutDnnl() {
            super(AvailabilityTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.bytedeco.dnnl.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("io.residual.onednn.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                var loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (var file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
