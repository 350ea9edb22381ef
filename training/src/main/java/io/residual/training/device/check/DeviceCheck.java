package io.residual.training.device.check;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Format;
import io.residual.cuda.nvidia.Determinism;
import io.residual.cuda.nvidia.Gpu;
import io.residual.training.device.check.CheckSession.Folders;
import io.residual.training.device.check.SpeedParts.Speed;
import io.residual.training.device.check.TrainingParts.Accuracy;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Checks the first GPU; cuda/src/check/run.sh calls it. Arguments are parts:
 *
 * <pre>
 * operations, fixtures, resume
 * speed[:CASE:FORMAT:SECONDS]
 * profile:CASE:FORMAT
 * accuracy[:CASE:FORMAT:SEEDS]
 * pytorch[:[PYTHON:]CASE:FORMAT...]
 * </pre>
 *
 * <p>System properties: check.home, the folder of the check; check.out, the folder of results; check.python; check.commit.
 */
final class DeviceCheck {
    static final int FAILED = 1;
    static final int USAGE = 2;
    /** No GPU that can be used, or a library is missing. */
    static final int IMPOSSIBLE = 3;

    private DeviceCheck() {}

    public static void main(String[] arguments) throws IOException {
        Folders folders = new Folders(
                Path.of(System.getProperty("check.home", ".")),
                Path.of(System.getProperty("check.out", "results")),
                System.getProperty("check.python", ""));
        int status = run(folders, System.out, arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Runs parts on the first GPU; returns the exit status. */
    static int run(Folders folders, PrintStream out, String... arguments) throws IOException {
        Map<String, Part> parts = new LinkedHashMap<>();
        try {
            for (String argument : arguments) {
                parts.put(argument, part(folders.python(), argument));
            }
        } catch (IllegalArgumentException e) {
            out.println("check: " + e.getMessage());
            return USAGE;
        }
        long start = System.nanoTime();
        Results results = new Results(folders.out(), out);
        try (Gpu gpu = Gpu.open(0, folders.cache(), Determinism.DETERMINISTIC)) {
            results.write(
                    "gpu",
                    Results.result()
                            .put("gpu", gpu.name())
                            .put("libraries", gpu.libraries())
                            .put("commit", System.getProperty("check.commit", "unknown"))
                            .put("open_seconds", Results.rounded(SpeedParts.seconds(start), 3)));
            return run(new CheckSession(gpu, folders, results), parts);
        } catch (CudaException e) {
            out.println("check: " + e.getMessage());
            return e.kind() == CudaException.Kind.FAILED ? FAILED : IMPOSSIBLE;
        }
    }

    /** Runs parts on a device; one that fails does not stop the others. */
    static int run(CheckSession session, Map<String, Part> parts) {
        int status = 0;
        for (Map.Entry<String, Part> part : parts.entrySet()) {
            long start = System.nanoTime();
            boolean passed = false;
            try {
                passed = part.getValue().run(session);
            } catch (CudaException e) {
                session.results().note("check: " + part.getKey() + ": " + e.getMessage());
            } catch (RuntimeException | IOException | LinkageError e) {
                session.results().note("check: " + part.getKey() + ": " + e);
                e.printStackTrace();
            }
            session.results()
                    .note(String.format(
                            Locale.ROOT,
                            "%s %s after %.1f s",
                            passed ? "passed" : "FAILED",
                            part.getKey(),
                            SpeedParts.seconds(start)));
            status = passed ? status : FAILED;
        }
        return status;
    }

    /**
     * Parses a part.
     *
     * @throws IllegalArgumentException if there is none such
     */
    static Part part(String python, String argument) {
        List<String> words = Arrays.asList(argument.split(":", -1));
        List<String> rest = words.subList(1, words.size());
        return switch (words.get(0)) {
            case "operations" -> expect(argument, rest, 0, GradientParts::operations);
            case "fixtures" -> expect(argument, rest, 0, GradientParts::fixtures);
            case "resume" -> expect(argument, rest, 0, TrainingParts::resume);
            case "profile" -> {
                CheckCase each = CheckCase.of(word(argument, rest, 0), word(argument, rest, 1));
                yield expect(argument, rest, 2, session -> SpeedParts.profile(session, each));
            }
            case "speed" -> {
                List<Speed> cases = rest.isEmpty() ? Speed.standard() : List.of(speed(argument, rest));
                yield session -> SpeedParts.speed(session, cases);
            }
            case "accuracy" -> {
                List<Accuracy> cases = rest.isEmpty() ? Accuracy.STANDARD : List.of(accuracy(argument, rest));
                yield session -> TrainingParts.accuracy(session, cases);
            }
            case "pytorch" -> pytorch(python, rest);
            default -> throw unknown(argument);
        };
    }

    private static Speed speed(String argument, List<String> words) {
        CheckCase each = CheckCase.of(word(argument, words, 0), word(argument, words, 1));
        return new Speed(each, Double.parseDouble(word(argument, words, 2)));
    }

    private static Accuracy accuracy(String argument, List<String> words) {
        CheckCase each = CheckCase.of(word(argument, words, 0), word(argument, words, 1));
        return new Accuracy(each, Integer.parseInt(word(argument, words, 2)));
    }

    private static Part pytorch(String python, List<String> words) {
        boolean named = words.size() % 2 == 1;
        List<CheckCase> pairs = CheckCase.pairs(named ? words.subList(1, words.size()) : words);
        List<CheckCase> cases = pairs.isEmpty()
                ? List.of(new CheckCase("book-96", Format.BF16), new CheckCase("resnet20", Format.BF16))
                : pairs;
        String program = named ? words.get(0) : python;
        if (program.isEmpty()) {
            throw new IllegalArgumentException("no Python with PyTorch was found: set PYTHON");
        }
        return session -> SpeedParts.inTurn(session, program, cases);
    }

    private static Part expect(String argument, List<String> words, int count, Part part) {
        if (words.size() != count) {
            throw unknown(argument);
        }
        return part;
    }

    private static String word(String argument, List<String> words, int index) {
        if (index >= words.size()) {
            throw unknown(argument);
        }
        return words.get(index);
    }

    private static IllegalArgumentException unknown(String argument) {
        return new IllegalArgumentException("unknown part '" + argument
                + "': expected operations, fixtures, resume, speed[:CASE:FORMAT:SECONDS], profile:CASE:FORMAT,"
                + " accuracy[:CASE:FORMAT:SEEDS] or pytorch[:[PYTHON:]CASE:FORMAT...]");
    }
}
