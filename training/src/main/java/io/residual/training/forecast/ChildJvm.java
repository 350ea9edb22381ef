package io.residual.training.forecast;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts classes of this program in processes of their own, with the options of this one's virtual machine. */
public final class ChildJvm {
    private ChildJvm() {}

    /**
     * A command line. A debugger or a profiler watches this process alone.
     *
     * @param options of the virtual machine, which win over those of this one
     */
    public static List<String> command(List<String> options, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
        command.addAll(inherited(ManagementFactory.getRuntimeMXBean().getInputArguments()));
        // Of an option that is given twice, the last counts.
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(main), main.getName()));
        command.addAll(arguments);
        return command;
    }

    static List<String> inherited(List<String> options) {
        return options.stream()
                .filter(option ->
                        Stream.of("-javaagent:", "-agentlib:", "-agentpath:").noneMatch(option::startsWith))
                .toList();
    }

    /** With what a class loader other than the virtual machine's own has: programs that run jobs, such as Spark, load them so. */
    private static String classPath(Class<?> main) {
        Stream<Path> loaded = main.getClassLoader() instanceof URLClassLoader loader
                ? Stream.of(loader.getURLs()).map(url -> Path.of(URI.create(url.toString())))
                : Stream.of();
        Stream<Path> started = Stream.of(
                        System.getProperty("java.class.path", "").split(File.pathSeparator, -1))
                .map(Path::of);
        return Stream.concat(loaded, started)
                .map(entry -> entry.toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
