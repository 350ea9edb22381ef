package io.residual.evaluation.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.InvertMode;
import io.residual.fuzz.FuzzTest;
import io.residual.fuzz.Fuzzer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged requests are answered, or their connection is closed; none is an error of the server. */
@Tag("slow")
class HttpFuzzTest {
    private static final int TIMEOUT = 15_000;

    @TempDir
    private Path folder;

    @Test
    void a_damaged_request_is_answered_or_closed() throws Exception {
        Path run = FuzzTest.trainedRun(folder.resolve("run"));
        Path picture = Path.of("../data/src/test/resources/io/residual/data/picture/golden/palette.png");
        String png = new String(Files.readAllBytes(picture), ISO_8859_1);
        try (Classifier classifier = Classifier.open(run);
                PredictionServer server = PredictionServer.start(
                        classifier,
                        InvertMode.NO,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Optional.empty(),
                        ServeLimits.DEFAULT)) {
            new Fuzzer(new Fuzzer.Format("http", requests(server.port(), png), request -> request, request -> {
                        String answer = answer(server.port(), request);
                        if (answer.startsWith("HTTP/1.1 500")) {
                            throw new AssertionError(answer);
                        }
                        if (!answer.startsWith("HTTP/1.1 2")) {
                            throw new ResidualException(
                                    Kind.BAD_SETTING, answer.lines().findFirst().orElse("closed"));
                        }
                    }))
                    .run();
        }
    }

    private static List<byte[]> requests(int port, String png) {
        String host = "Host: 127.0.0.1:" + port + "\r\n";
        String form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
                + "Content-Type: image/png\r\n\r\n" + png + "\r\n--b--\r\n";
        return List.of(
                bytes("POST /predict?explain=yes&invert=auto HTTP/1.1\r\n" + host + "Content-Length: " + png.length()
                        + "\r\n\r\n" + png),
                bytes("POST /predict HTTP/1.1\r\n" + host
                        + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + form.length()
                        + "\r\n\r\n" + form),
                bytes("POST /predict HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n"
                        + Integer.toHexString(png.length()) + "\r\n" + png + "\r\n0\r\n\r\n"),
                bytes("GET /model HTTP/1.1\r\n" + host + "Accept: application/json\r\n\r\n"),
                bytes("GET /metrics HTTP/1.1\r\n" + host + "Accept-Encoding: gzip\r\n\r\n"));
    }

    private static byte[] bytes(String request) {
        return request.getBytes(ISO_8859_1);
    }

    private static String answer(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT);
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException e) {
            return "closed";
        }
    }
}
