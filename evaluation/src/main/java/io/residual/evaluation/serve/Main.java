package io.residual.evaluation.serve;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.evaluation.cli.CertaintyOptions;
import io.residual.evaluation.cli.InferenceOptions;
import io.residual.evaluation.cli.PictureLimitOptions;
import io.residual.evaluation.cli.Ports;
import io.residual.evaluation.http.PageServer;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.ClassifierOptions;
import io.residual.evaluation.predict.InvertMode;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.Interruption;
import io.residual.training.cli.ProjectVersion;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
    @Option(
            names = "--run",
            paramLabel = "DIR",
            required = true,
            description = "directory of the run, or of an ensemble")
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
            names = "--public-url",
            paramLabel = "URL",
            description = "address at which a proxy shows this server to others, such as https://example.org/shoes/;"
                    + " requests to its host and from its pages are answered, too (default: none)")
    private @Nullable URI publicUrl;

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

    @ArgGroup(validate = false, heading = InferenceOptions.HEADING)
    private InferenceOptions model = new InferenceOptions();

    @ArgGroup(validate = false, heading = CertaintyOptions.HEADING)
    private CertaintyOptions certainty = new CertaintyOptions();

    @ArgGroup(validate = false, heading = PictureLimitOptions.HEADING)
    private PictureLimitOptions pictures = new PictureLimitOptions();

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() throws InterruptedException {
        if (requests < 1) {
            throw new ResidualException(Kind.BAD_SETTING, "--max-requests: must be at least 1, got " + requests);
        }
        Optional<URI> proxied = publicUrl();
        InetSocketAddress endpoint = new InetSocketAddress(host(), Ports.require(port));
        ServeLimits limits = ServeLimits.DEFAULT.withRequests(requests).withPictures(pictures.limits());
        ClassifierOptions options = ClassifierOptions.DEFAULT
                .withCheckpoint(model.choice())
                .withInference(model.inference())
                .withInversion(inversion)
                .withCoverage(certainty.coverage())
                .withAbstainBelow(certainty.abstainBelow())
                .withLimits(limits.picture());
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        try (Interruption interruption = Interruption.listen();
                Classifier classifier = Classifier.open(Objects.requireNonNull(run), options);
                PredictionServer server = Ports.withHint(
                        "Give another --port or --address",
                        () -> PredictionServer.start(classifier, inversion, endpoint, proxied, limits))) {
            classifier.limitation().ifPresent(text -> out.println("note: " + text));
            out.printf(
                    Locale.ROOT,
                    "Serving %s at http://%s:%d/%s until Ctrl-C or SIGTERM%n",
                    run,
                    PageServer.host(endpoint.getAddress()),
                    server.port(),
                    proxied.map(url -> " for " + url).orElse(""));
            out.flush();
            interruption.await();
            out.println("Stopping: finishing the requests in progress; a second signal stops at once");
            out.flush();
            if (!server.stop()) {
                out.println("Some requests were not finished in time");
            }
            out.printf(
                    Locale.ROOT,
                    "Answered %,d requests; %,d more clients disconnected before their answer%n",
                    server.metrics().answered(),
                    server.metrics().failed());
        }
        return ExitStatus.OK.code();
    }

    private Optional<URI> publicUrl() {
        URI url = publicUrl;
        if (url == null) {
            return Optional.empty();
        }
        if (url.getHost() == null || !Set.of("http", "https").contains(String.valueOf(url.getScheme()))) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "--public-url: expected one like https://example.org/shoes/, got " + url);
        }
        return Optional.of(url);
    }

    private InetAddress host() {
        try {
            return InetAddress.getByName(Objects.requireNonNull(address));
        } catch (UnknownHostException e) {
            throw new ResidualException(Kind.BAD_SETTING, "--address: no such address: " + address, e);
        }
    }
}
