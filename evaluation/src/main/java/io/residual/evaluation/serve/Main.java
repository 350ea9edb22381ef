package io.residual.evaluation.serve;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.evaluation.cli.ModelOptions;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.ClassifierOptions;
import io.residual.evaluation.predict.InvertMode;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.Interruption;
import io.residual.training.cli.ProjectVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code serve}. */
@Command(
        name = "serve",
        description =
                "Serves predictions over HTTP until SIGTERM or Ctrl-C: POST an image to /predict, GET / for a page.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    @Option(names = "--run", paramLabel = "DIR", required = true, description = "directory of the run")
    private @Nullable Path run;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "port to listen on, 0 for a free one (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "address to listen on (default: ${DEFAULT-VALUE}, for this machine only). There is no"
                    + " authentication: with 0.0.0.0, put a proxy with TLS and passwords in front")
    private @Nullable String address;

    @Option(
            names = "--invert",
            paramLabel = "no|yes|auto",
            defaultValue = "no",
            description = "invert images before the prediction, if a request does not say; auto inverts those with a"
                    + " light background (default: ${DEFAULT-VALUE})")
    private InvertMode inversion = InvertMode.NO;

    @Option(
            names = "--max-requests",
            paramLabel = "REQUESTS",
            defaultValue = "32",
            description =
                    "maximum number of images received and classified at a time, others are answered 503 (default:"
                            + " ${DEFAULT-VALUE})")
    private int requests;

    @ArgGroup(validate = false, heading = ModelOptions.HEADING)
    private ModelOptions model = new ModelOptions();

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > 65_535) {
            throw new ResidualException(Kind.BAD_SETTING, "--port: must be from 0 to 65535, got " + port);
        }
        if (requests < 1) {
            throw new ResidualException(Kind.BAD_SETTING, "--max-requests: must be at least 1, got " + requests);
        }
        InetSocketAddress endpoint = new InetSocketAddress(host(), port);
        ServeLimits limits = ServeLimits.DEFAULT.withRequests(requests);
        ClassifierOptions options = ClassifierOptions.DEFAULT
                .withCheckpoint(model.choice())
                .withKernels(model.kernels())
                .withInversion(inversion)
                .withLimits(limits.picture());
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        try (Interruption interruption = Interruption.listen();
                Classifier classifier = Classifier.open(Objects.requireNonNull(run), options)) {
            ServeMetrics metrics;
            try (PredictionServer server = start(classifier, endpoint, limits)) {
                metrics = server.metrics();
                out.printf(
                        Locale.ROOT,
                        "Serving %s at http://%s:%d/ until Ctrl-C or SIGTERM%n",
                        run,
                        url(endpoint.getAddress()),
                        server.port());
                out.flush();
                interruption.await();
                out.println("Stopping: finishing the requests in progress; a second signal stops at once");
                out.flush();
            }
            out.printf(
                    Locale.ROOT,
                    "Answered %,d requests; %,d more clients disconnected before their answer%n",
                    metrics.answered(),
                    metrics.failed());
        }
        return ExitStatus.OK.code();
    }

    private InetAddress host() {
        try {
            return InetAddress.getByName(Objects.requireNonNull(address));
        } catch (UnknownHostException e) {
            throw new ResidualException(Kind.BAD_SETTING, "--address: no such address: " + address, e);
        }
    }

    private static String url(InetAddress host) {
        String text = host.getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    private PredictionServer start(Classifier classifier, InetSocketAddress endpoint, ServeLimits limits) {
        try {
            return PredictionServer.start(classifier, inversion, endpoint, limits);
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_ADDRESS,
                    url(endpoint.getAddress()) + ":" + endpoint.getPort() + ": cannot listen there (" + e.getMessage()
                            + "): is another program using it? Give another --port or --address",
                    e);
        }
    }
}
