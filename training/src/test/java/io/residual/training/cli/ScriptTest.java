package io.residual.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code residual}, with stand-ins for Java, which prints what it is given, and for Maven. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ScriptTest {
    private static final Path SCRIPT = Path.of("../residual").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    private Path jdk;
    private Path tools;

    @BeforeEach
    void make_stand_ins() throws IOException {
        jdk = jdk("17.0.2");
        tools = Files.createDirectory(directory.resolve("tools"));
        executable(tools.resolve("mvn"), """
            #!/bin/sh
            echo built >&2
            for arg; do case $arg in -Dmdep.outputFile=*) file=${arg#*=} ;; esac; done
            mkdir -p training/target
            [ -z "${file:-}" ] || printf '%s' "$PWD/core/target/classes:/repository/library.jar" >"training/$file"
            """);
    }

    private Path jdk(String version) throws IOException {
        Path home = Files.createDirectories(directory.resolve("jdk-" + version));
        Files.createDirectory(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/java"), "#!/bin/sh\necho \"LC_ALL=${LC_ALL:-}\"\nprintf '%s\\n' \"$@\"\n");
        return home;
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path checkout(String name) throws IOException {
        Path home = Files.createDirectories(directory.resolve(name));
        executable(home.resolve("residual"), Files.readString(SCRIPT));
        Files.createDirectories(home.resolve("training/src/main"));
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        return home.toRealPath();
    }

    private String run(Path script, Map<String, String> environment, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.directory(directory.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("LC_") || name.startsWith("RESIDUAL_") || name.startsWith("SPARK_"));
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    @Test
    void a_checkout_is_built_once_and_its_own_classes_run() throws Exception {
        Path home = checkout("a b/größer");

        assertThat(run(home.resolve("residual"), Map.of(), "train", "--run", "x y"))
                .startsWith("Building training")
                .contains("\nbuilt\n")
                .contains("\n@" + home + "/config/java.options\n")
                .contains("\n" + home + "/training/target/classes:" + home
                        + "/core/target/classes:/repository/library.jar\n")
                .endsWith("io.residual.training.cli.Main\n--run\nx y\n");
        assertThat(run(home.resolve("residual"), Map.of(), "train")).doesNotContain("built");
    }

    @Test
    void on_a_cluster_the_one_jar_runs_that_its_machines_get() throws Exception {
        Path home = checkout("home");

        assertThat(run(home.resolve("residual"), Map.of(), "tune", "--dir", "x y", "--spark=spark://a:7077"))
                .startsWith("Building spark")
                .contains("\n@" + home + "/config/java.options\n@" + home + "/config/spark.options\n")
                .contains("\n" + home + "/spark/target/residual-spark.jar:" + home + "/spark-home/target/home/jars/*\n")
                .endsWith("io.residual.spark.Main\ntune\n--dir\nx y\n--spark=spark://a:7077\n");
        // Other commands have no such option, and say so.
        assertThat(run(home.resolve("residual"), Map.of(), "doctor", "--spark", "x"))
                .endsWith("io.residual.training.cli.Doctor\n--spark\nx\n");
    }

    @Test
    void a_copied_or_moved_checkout_never_runs_the_classes_of_the_first() throws Exception {
        Path first = checkout("c/d");
        run(first.resolve("residual"), Map.of(), "train");
        for (String place : List.of("e", "c/d/copy", "c")) {
            Path copy = checkout(place);
            Files.createDirectories(copy.resolve("training/target"));
            Files.copy(
                    first.resolve("training/target/classpath-cpu.txt"),
                    copy.resolve("training/target/classpath-cpu.txt"));

            assertThat(run(copy.resolve("residual"), Map.of(), "train"))
                    .contains("built")
                    .doesNotContain(first + "/core/target/classes:");
        }
    }

    @Test
    void links_to_the_script_run_the_checkout_that_they_lead_to() throws Exception {
        Path home = checkout("home");
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("residual"), Path.of("../home/residual"));
        Files.createSymbolicLink(directory.resolve("r"), Path.of("bin/residual"));
        Files.createSymbolicLink(directory.resolve("linked"), home);

        for (Path script : List.of(bin.resolve("residual"), directory.resolve("r"), Path.of("linked/residual"))) {
            assertThat(run(directory.resolve(script), Map.of(), "train"))
                    .contains("\n@" + home + "/config/java.options\n");
        }
    }

    @Test
    void a_locale_without_umlauts_is_replaced_and_others_stay() throws Exception {
        Path home = checkout("home");

        assertThat(run(home.resolve("residual"), Map.of("LC_ALL", "C"), "train"))
                .contains("\nLC_ALL=C.UTF-8\n");
        assertThat(run(home.resolve("residual"), Map.of("LC_ALL", "C.utf8"), "train"))
                .contains("LC_ALL=C.utf8\n");
    }

    @Test
    void what_newer_versions_of_java_warn_about_is_allowed_and_older_ones_do_not_see_the_options() throws Exception {
        Path home = checkout("home");

        assertThat(run(home.resolve("residual"), Map.of(), "train")).doesNotContain("--enable-native-access");
        jdk = jdk("25.0.1");
        assertThat(run(home.resolve("residual"), Map.of(), "train"))
                .contains("\n--enable-native-access=ALL-UNNAMED\n--sun-misc-unsafe-memory-access=allow\n");
        jdk = jdk("11.0.9");
        assertThat(run(home.resolve("residual"), Map.of(), "train"))
                .isEqualTo("error: Java 11 is too old: install a JDK 17 or newer, or set JAVA_HOME\n");
    }

    @Test
    void a_folder_with_a_colon_is_refused() throws Exception {
        Path home = checkout("a:b");

        assertThat(run(home.resolve("residual"), Map.of(), "train"))
                .isEqualTo("error: " + home
                        + ": a Java class path cannot hold a colon: move the checkout to a folder without one\n");
    }
}
