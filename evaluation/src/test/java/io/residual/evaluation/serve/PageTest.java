package io.residual.evaluation.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import io.residual.evaluation.DebianPackage;
import io.residual.evaluation.Outcome;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.ClassifierOptions;
import io.residual.evaluation.predict.InvertMode;
import io.residual.evaluation.predict.TrainedRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The page in a browser: Debian's packages chromium and chromium-driver. */
@Tag("slow")
@Timeout(240)
class PageTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    @TempDir
    private static Path directory;

    private static Classifier classifier;
    private static PredictionServer server;
    private static ChromeDriver browser;

    @BeforeAll
    static void start() throws IOException {
        DebianPackage.require("chromium chromium-driver", CHROMIUM, DRIVER);
        Path run = TrainedRun.in(directory.resolve("run"), "--width", "4", "--epochs", "1", "--image-size", "96");
        TrainedRun.writePngs(directory.resolve("pictures"), 3);
        assertThat(Outcome.of(new io.residual.evaluation.Main(), "--run", run.toString())
                        .status())
                .isZero();
        classifier = Classifier.open(run, ClassifierOptions.DEFAULT.withLimits(ServeLimits.DEFAULT.picture()));
        server = PredictionServer.start(
                classifier,
                InvertMode.NO,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                ServeLimits.DEFAULT);
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options());
    }

    private static ChromeOptions options() {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1100,1000",
                "--user-data-dir=" + directory.resolve("profile"));
        options.setCapability("goog:loggingPrefs", logs);
        return options;
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
            server.close();
            classifier.close();
        }
    }

    @Test
    void a_picture_is_classified_explained_and_readable_by_everyone() throws IOException {
        browser.get("http://127.0.0.1:" + server.port() + "/");
        await("return document.querySelector('#about').textContent.includes('Ankle boot')");
        requireAccessible("empty, light");
        screenshot("empty-light");

        choose(0);
        assertThat(text("#verdict"))
                .startsWith(classifier
                                .classify(directory.resolve("pictures/000.png"))
                                .className() + ", ");
        assertThat(text("#certainty"))
                .startsWith("With 95.0 % coverage: ")
                .containsPattern("The image is (as usual as the validation images|unusual: .* %)");
        assertThat(browser.findElements(By.cssSelector("#rows tr"))).hasSize(10);
        assertThat(text("#heat-text")).contains("Grad-CAM, 3 × 3");
        assertThat(browser.switchTo().activeElement().getAttribute("id")).isEqualTo("verdict");
        requireAccessible("result, light");
        screenshot("result-light");

        theHeatMapIsSwitchedByTheKeyboard();
        onAPhoneInTheDarkNothingIsWiderThanTheScreen();
        nothingLeftThisServerAndNothingWasComplainedOf();
        whatIsNoPictureIsRefusedWithTheServersReason();
    }

    private static void choose(int picture) {
        browser.findElement(By.id("file"))
                .sendKeys(directory
                        .resolve("pictures")
                        .resolve("00" + picture + ".png")
                        .toString());
        await("return !document.querySelector('#result').hidden && document.querySelector('#status').textContent ==="
                + " ''");
    }

    private static void theHeatMapIsSwitchedByTheKeyboard() {
        String pixels = "return document.querySelector('#seen').toDataURL()";
        String hot = String.valueOf(browser.executeScript(pixels));
        browser.executeScript("document.querySelector('#heat').focus()");
        new Actions(browser).sendKeys(Keys.SPACE).perform();
        await("return document.querySelector('#seen').toDataURL() !== arguments[0]", hot);
        new Actions(browser).sendKeys(Keys.SPACE).perform();
        await("return document.querySelector('#seen').toDataURL() === arguments[0]", hot);
    }

    private static void onAPhoneInTheDarkNothingIsWiderThanTheScreen() throws IOException {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
        requireAccessible("result, dark, phone");
        screenshot("result-dark-phone");
        assertThat(browser.executeScript("return document.documentElement.scrollWidth"))
                .isEqualTo(360L);
        browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        browser.manage().window().setSize(new Dimension(1100, 1000));
        screenshot("result-dark");
    }

    private static void nothingLeftThisServerAndNothingWasComplainedOf() {
        Object others = browser.executeScript("return performance.getEntriesByType('resource').map(e => e.name)"
                + ".filter(name => !name.startsWith(location.origin) && !/^(blob|data):/.test(name))");
        assertThat(others).asInstanceOf(InstanceOfAssertFactories.LIST).isEmpty();
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    }

    private static void whatIsNoPictureIsRefusedWithTheServersReason() throws IOException {
        Path broken = Files.write(directory.resolve("broken.png"), new byte[] {1, 2, 3});
        browser.findElement(By.id("file")).sendKeys(broken.toString());
        await("return document.querySelector('#error').textContent !== ''");
        assertThat(text("#error"))
                .isEqualTo("No prediction: not a PNG, JPEG, WebP, BMP, GIF or TIFF picture, by its first bytes");
        requireAccessible("error, dark");
    }

    private static String text(String selector) {
        return browser.findElement(By.cssSelector(selector)).getText();
    }

    private static void await(String condition, Object... arguments) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!Boolean.TRUE.equals(browser.executeScript(condition, arguments))) {
            assertThat(System.nanoTime())
                    .as("%s, and the page says: %s", condition, text("body"))
                    .isLessThan(end);
        }
    }

    private static void requireAccessible(String state) {
        List<Rule> violations = new AxeBuilder().analyze(browser).getViolations();
        assertThat(violations.stream()
                        .map(rule -> rule.getId() + ": " + rule.getNodes())
                        .toList())
                .as(state)
                .isEmpty();
    }

    private static void screenshot(String name) throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "screenshots"));
        Files.write(folder.resolve("serve-" + name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }
}
