package io.residual.training.device;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PyTorch's speed in images/s, as pytorch.py measures it; its first lines describe what is said here to it. */
final class PyTorch implements AutoCloseable {
    /** How long a round is. */
    static final double ROUND_SECONDS = 0.4;

    private static final List<String> VARIANTS = List.of("graph", "compile-graph", "overhead");
    private static final Pattern SPEED = Pattern.compile("\"images_per_second\": ([0-9.]+)");

    private final Process process;
    private final PrintWriter to;
    private final BufferedReader from;

    private PyTorch(Process process) {
        this.process = process;
        this.to = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts folder/pytorch.py with the images of that folder; what it reports goes to folder/pytorch.log. */
    static PyTorch start(String python, Path folder) throws IOException {
        return new PyTorch(new ProcessBuilder(
                        python,
                        folder.resolve("pytorch.py").toString(),
                        "--serve",
                        "--data",
                        folder.toString(),
                        "--cache",
                        folder.resolve("cache").resolve("pytorch").toString())
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("pytorch.log").toFile()))
                .start());
    }

    /**
     * Starts the preparation of every variant of all cases, and does not wait for it.
     *
     * @param cases name and format of each, as in "resnet20 bf16"
     */
    void prepare(List<String> cases) throws IOException {
        for (String variant : VARIANTS) {
            for (String each : cases) {
                ask("prepare " + each + " " + variant);
            }
        }
    }

    /** What is known of every variant, as JSON. */
    String status() throws IOException {
        return ask("status");
    }

    /**
     * The variant with the most images/s, of one round each, once all that was to be prepared is. Prints the answers.
     *
     * @throws IllegalStateException if no variant works
     */
    String fastest(String name, String format, PrintStream out) throws IOException {
        String fastest = "";
        double most = 0;
        for (String variant : VARIANTS) {
            String answer = ask(question(name, format, variant));
            out.println("pytorch " + answer);
            double speed = speed(answer).orElse(0);
            if (speed > most) {
                most = speed;
                fastest = variant;
            }
        }
        if (fastest.isEmpty()) {
            throw new IllegalStateException("no variant of " + name + " " + format + " works in PyTorch");
        }
        return fastest;
    }

    /**
     * Images/s of a round.
     *
     * @throws IOException if the variant failed
     */
    double round(String name, String format, String variant) throws IOException {
        String answer = ask(question(name, format, variant));
        return speed(answer).orElseThrow(() -> new IOException("pytorch.py: " + answer));
    }

    private static String question(String name, String format, String variant) {
        return String.format(Locale.ROOT, "round %s %s %s %.2f", name, format, variant, ROUND_SECONDS);
    }

    private static OptionalDouble speed(String answer) {
        Matcher matcher = SPEED.matcher(answer);
        return matcher.find() ? OptionalDouble.of(Double.parseDouble(matcher.group(1))) : OptionalDouble.empty();
    }

    private String ask(String question) throws IOException {
        to.println(question);
        String answer = from.readLine();
        if (answer == null) {
            throw new IOException("pytorch.py ended before it answered '" + question + "': see pytorch.log");
        }
        return answer;
    }

    /** Ends it and the processes it has started. */
    @Override
    public void close() {
        to.close();
        process.destroy();
    }
}
