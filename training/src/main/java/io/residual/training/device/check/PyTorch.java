package io.residual.training.device.check;

import io.residual.training.device.check.CheckSession.Folders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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

    private static final String LOG = "pytorch-errors.log";

    private final Process process;
    private final PrintWriter to;
    private final BufferedReader from;

    /** A variant, or all of a case, that PyTorch cannot train. */
    static final class VariantException extends IOException {
        private static final long serialVersionUID = 1;

        VariantException(String message) {
            super(message);
        }
    }

    private PyTorch(Process process) {
        this.process = process;
        this.to = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts pytorch.py with the images of the check; what it reports goes to pytorch-errors.log. */
    static PyTorch start(String python, Folders folders) throws IOException {
        return new PyTorch(new ProcessBuilder(
                        python,
                        "-B",
                        folders.home().resolve("pytorch.py").toString(),
                        "--serve",
                        "--data",
                        folders.data().toString(),
                        "--cache",
                        folders.cache().resolve("pytorch").toString())
                .redirectError(
                        ProcessBuilder.Redirect.to(folders.out().resolve(LOG).toFile()))
                .start());
    }

    /** Starts the preparation of every variant of all cases, and does not wait for it. */
    void prepare(List<CheckCase> cases) throws IOException {
        for (String variant : VARIANTS) {
            for (CheckCase each : cases) {
                ask("prepare " + each.name() + " " + each.formatName() + " " + variant);
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
     * @throws VariantException if no variant works
     */
    String fastest(CheckCase each, Results results) throws IOException {
        String fastest = "";
        double highest = 0;
        for (String variant : VARIANTS) {
            String answer = ask(question(each, variant));
            results.note("pytorch " + answer);
            double speed = speed(answer).orElse(0);
            if (speed > highest) {
                highest = speed;
                fastest = variant;
            }
        }
        if (fastest.isEmpty()) {
            throw new VariantException("no variant of " + each.name() + " " + each.formatName() + " works in PyTorch");
        }
        return fastest;
    }

    /**
     * Images/s of a round.
     *
     * @throws VariantException if the variant failed
     */
    double round(CheckCase each, String variant) throws IOException {
        String answer = ask(question(each, variant));
        return speed(answer).orElseThrow(() -> new VariantException("pytorch.py: " + answer));
    }

    private static String question(CheckCase each, String variant) {
        return String.format(
                Locale.ROOT, "round %s %s %s %.2f", each.name(), each.formatName(), variant, ROUND_SECONDS);
    }

    private static OptionalDouble speed(String answer) {
        Matcher matcher = SPEED.matcher(answer);
        return matcher.find() ? OptionalDouble.of(Double.parseDouble(matcher.group(1))) : OptionalDouble.empty();
    }

    private String ask(String question) throws IOException {
        to.println(question);
        String answer = from.readLine();
        if (answer == null) {
            throw new IOException("pytorch.py ended before it answered '" + question + "': see " + LOG);
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
