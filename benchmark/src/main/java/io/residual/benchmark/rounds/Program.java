package io.residual.benchmark.rounds;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a child process executes. */
public sealed interface Program {
    /** The flavour that the worker is asked for. */
    String variant();

    /** Command without the job file, which comes last. */
    List<String> command();

    /** Variables that it needs to start. */
    default Map<String, String> environment() {
        return Map.of();
    }

    /** Options that decide the speed, as they would be written in a shell. */
    String settings();

    /**
     * A Java class.
     *
     * @param options of the JVM
     */
    record JavaProgram(String variant, String mainClass, String classPath, List<String> options) implements Program {
        public JavaProgram {
            options = List.copyOf(options);
        }

        @Override
        public List<String> command() {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(options);
            command.add(mainClass);
            return command;
        }

        /** Not an option: ONNX Runtime 1.29 overflows its stack where the command line has more than 4 kB. */
        @Override
        public Map<String, String> environment() {
            return Map.of("CLASSPATH", classPath);
        }

        @Override
        public String settings() {
            return "java " + String.join(" ", options);
        }
    }

    /** A script in the interpreter of that path. */
    record PythonProgram(String variant, String interpreter, String script) implements Program {
        @Override
        public List<String> command() {
            return List.of(interpreter, script);
        }

        @Override
        public String settings() {
            return interpreter;
        }
    }
}
