package io.residual.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.CudaException.Kind;
import io.residual.cuda.nvidia.Libraries.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrariesTest {
    private static final String[] OF_13 = {"libnvrtc.so.13", "libcublas.so.13", "libcublasLt.so.13", "libcudart.so.13"};

    @TempDir
    private Path root;

    private Path put(String folder, String... names) throws IOException {
        Path made = Files.createDirectories(root.resolve(folder));
        for (String name : names) {
            Files.createFile(made.resolve(name));
        }
        return made;
    }

    private Places places(Map<String, String> environment) {
        return new Places(environment, root);
    }

    @Test
    void python_packages_are_found_through_links() throws IOException {
        Path site = root.resolve("opt/torch/.venv/lib/python3.12/site-packages/nvidia");
        Path cuda = put("opt/torch/.venv/lib/python3.12/site-packages/nvidia/cu13/lib", OF_13);
        put("opt/torch/.venv/lib/python3.12/site-packages/nvidia/cudnn/lib", "libcudnn.so.9");
        Path system = put("usr/bin", "python3.12");
        Path bin = put("opt/torch/.venv/bin");
        Files.createSymbolicLink(bin.resolve("python"), system.resolve("python3.12"));
        Files.createSymbolicLink(bin.resolve("python3"), Path.of("python"));
        Path local = put("usr/local/bin");
        Files.createSymbolicLink(local.resolve("python3"), bin.resolve("python3"));
        Found found = Libraries.find(places(Map.of("PATH", root.resolve("bin") + ":" + local)), 13);
        assertThat(found)
                .isEqualTo(new Found(
                        13,
                        cuda.resolve("libnvrtc.so.13"),
                        site.resolve("cudnn/lib/libcudnn.so.9"),
                        cuda.resolve("libcublas.so.13"),
                        cuda.resolve("libcublasLt.so.13"),
                        Optional.of(cuda.resolve("libcudart.so.13"))));
    }

    @Test
    void neighbours_of_a_python_cudnn_come_before_the_toolkit() throws IOException {
        put("usr/local/cuda/lib64", OF_13);
        Path cuda = put("venv/lib/python3.11/site-packages/nvidia/cu13/lib", OF_13);
        put("venv/lib/python3.11/site-packages/nvidia/cudnn/lib", "libcudnn.so.9");
        Found found =
                Libraries.find(places(Map.of("VIRTUAL_ENV", root.resolve("venv").toString())), 13);
        assertThat(found.cublas()).isEqualTo(cuda.resolve("libcublas.so.13"));
        assertThat(found.nvrtc()).isEqualTo(cuda.resolve("libnvrtc.so.13"));
    }

    @Test
    void a_named_directory_comes_before_all_others() throws IOException {
        put("usr/local/cuda/lib64", OF_13);
        put("usr/lib/x86_64-linux-gnu", "libcudnn.so.9");
        Path path = put("path", "libcudnn.so.9", "libnvrtc.so.13");
        Path named = put("named", "libnvrtc.so.13");
        Found found = Libraries.find(
                places(Map.of(Places.VARIABLE, named.toString(), "LD_LIBRARY_PATH", "/absent:" + path)), 13);
        assertThat(found.nvrtc()).isEqualTo(named.resolve("libnvrtc.so.13"));
        assertThat(found.cudnn()).isEqualTo(path.resolve("libcudnn.so.9"));
        assertThat(found.cublas()).isEqualTo(root.resolve("usr/local/cuda/lib64/libcublas.so.13"));
    }

    @Test
    void the_linkers_configuration_is_followed() throws IOException {
        put("etc/ld.so.conf.d");
        Files.writeString(root.resolve("etc/ld.so.conf"), "include /etc/ld.so.conf.d/*.conf\n# nothing\n");
        Files.writeString(root.resolve("etc/ld.so.conf.d/cuda.conf"), "/opt/cuda/lib\n");
        put("opt/cuda/lib", OF_13);
        put("usr/lib64", "libcudnn.so.9");
        assertThat(Libraries.find(places(Map.of()), 13).nvrtc()).isEqualTo(root.resolve("opt/cuda/lib/libnvrtc.so.13"));
    }

    @Test
    void an_older_driver_gets_the_older_libraries() throws IOException {
        put("usr/local/cuda/lib64", OF_13);
        put("usr/lib64", "libcudnn.so.9", "libnvrtc.so.12", "libcublas.so.12", "libcublasLt.so.12");
        Found found = Libraries.find(places(Map.of()), 12);
        assertThat(found.major()).isEqualTo(12);
        assertThat(found.cudart()).isEmpty();
        assertThat(Libraries.find(places(Map.of()), 14).major()).isEqualTo(13);
    }

    @Test
    void a_missing_library_is_named_with_the_places_and_the_way_to_get_it() throws IOException {
        put("usr/local/cuda/lib64", OF_13);
        assertThatThrownBy(() -> Libraries.find(places(Map.of()), 13))
                .isInstanceOfSatisfying(
                        CudaException.class,
                        missing -> assertThat(missing.kind()).isEqualTo(Kind.NO_LIBRARY))
                .hasMessageStartingWith("Missing: libcudnn.so.9, looked for in ")
                .hasMessageContainingAll(
                        root + "/usr/local/cuda/lib64",
                        "pip install nvidia-cudnn-cu13 nvidia-cuda-nvrtc nvidia-cublas",
                        "RESIDUAL_CUDA_LIBRARIES");
    }

    @Test
    void a_file_that_is_no_library_is_named() throws IOException {
        put("usr/local/cuda/lib64", OF_13);
        put("usr/lib64", "libcudnn.so.9");
        assertThatThrownBy(() -> Libraries.load(places(Map.of()), 13))
                .isInstanceOfSatisfying(
                        CudaException.class,
                        unusable -> assertThat(unusable.kind()).isEqualTo(Kind.NO_LIBRARY))
                .hasMessageContaining("lib64/libcudart.so.13 cannot be loaded: ");
    }

    @Test
    void a_cudnn_for_a_newer_cuda_than_the_drivers_is_refused() throws IOException, InterruptedException {
        FakeLibraries fakes = new FakeLibraries(root)
                .compiled("libnvrtc.c", "libnvrtc.so.12")
                .compiled("libnvrtc.c", "libcublas.so.12")
                .compiled("libnvrtc.c", "libcublasLt.so.12")
                .compiled("libcudnn.c", "libcudnn.so.9");
        assertThatThrownBy(() -> Libraries.load(fakes.places(), 12))
                .isInstanceOfSatisfying(
                        CudaException.class, old -> assertThat(old.kind()).isEqualTo(Kind.OLD_DRIVER))
                .hasMessageContaining("is for CUDA 13, the driver knows CUDA 12");
    }
}
