package io.residual.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.evaluation.DebianPackage;
import io.residual.evaluation.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import picocli.CommandLine;

/** The page in a browser: Debian's packages chromium and chromium-driver. */
@Tag("slow")
@Timeout(240)
class ReportInBrowserTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    @TempDir
    private static Path directory;

    private static JsonNode json;
    private static ChromeDriver browser;

    /** At 96 pixels the last stage has 3 x 3 places, enough for heat maps. */
    @BeforeAll
    static void evaluateAndOpen() throws IOException {
        DebianPackage.require("chromium chromium-driver", CHROMIUM, DRIVER);
        Path run = directory.resolve("run");
        int trained = new CommandLine(new io.residual.training.cli.Main())
                .execute(
                        "--preset",
                        "quick",
                        "--width",
                        "4",
                        "--epochs",
                        "2",
                        "--image-size",
                        "96",
                        "--run",
                        run.toString());
        assertThat(trained).isZero();
        assertThat(new CommandLine(new Main()).execute("--run", run.toString(), "--compare", run.toString()))
                .isZero();
        json = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options());
        browser.get(run.resolve("report.html").toUri().toString());
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
                "--window-size=1200,1000",
                "--user-data-dir=" + directory.resolve("profile"));
        options.setCapability("goog:loggingPrefs", logs);
        return options;
    }

    @AfterAll
    static void quit() {
        if (browser != null) {
            browser.quit();
        }
    }

    @Test
    void every_chart_is_drawn_with_its_name() {
        List<WebElement> charts = browser.findElements(By.cssSelector("svg.chart"));
        assertThat(charts)
                .extracting(chart -> chart.findElement(By.cssSelector("title")).getDomProperty("textContent"))
                .contains(
                        "Confusion matrix, images",
                        "Confusion matrix, share of the actual class",
                        "Precision, recall and F1 of each class",
                        "ROC",
                        "Precision and recall",
                        "Reliability as it is",
                        "Confidence of right and wrong predictions",
                        "Loss",
                        "Accuracy",
                        "Learning rate",
                        "Speed",
                        "The network");
        assertThat(charts).allSatisfy(chart -> {
            assertThat(chart.getSize().getWidth()).isGreaterThan(300);
            assertThat(chart.getSize().getHeight()).isGreaterThan(150);
        });
    }

    @Test
    void the_figures_are_those_of_the_json() {
        List<String> facts = browser.findElements(By.cssSelector(".facts .value")).stream()
                .map(WebElement::getText)
                .toList();
        assertThat(facts)
                .contains(
                        String.format(Locale.ROOT, "%.4f", json.get("accuracy").doubleValue()),
                        String.format(
                                Locale.ROOT,
                                "%.4f",
                                json.get("meanCrossEntropyNats").doubleValue()),
                        String.format(
                                Locale.ROOT,
                                "%.4f",
                                json.at("/calibration/plain/expectedCalibrationError")
                                        .doubleValue()),
                        "p 1.0000");
    }

    @Test
    void pictures_are_decoded_and_show_the_image_beside_its_heat_map() {
        List<WebElement> pictures = browser.findElements(By.cssSelector(".gallery img"));
        assertThat(pictures).hasSizeGreaterThan(60);
        // 28 pixels, four times enlarged, twice, and a gap of four.
        assertThat(pictures)
                .allSatisfy(picture ->
                        assertThat(picture.getDomProperty("naturalWidth")).isEqualTo("228"));
    }

    @Test
    void no_request_leaves_the_page_and_nothing_is_complained_of() {
        Object others = browser.executeScript("return performance.getEntriesByType('resource').map(e => e.name)"
                + ".filter(name => !name.startsWith('data:'))");
        assertThat(others).asInstanceOf(InstanceOfAssertFactories.LIST).isEmpty();
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    }

    @Test
    void it_is_accessible_in_light_and_dark_and_fits_a_phone() throws IOException {
        screenshot("light");
        requireAccessible("light");
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
        screenshot("dark");
        requireAccessible("dark");
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
        screenshot("dark-phone");
        requireAccessible("dark, phone");
        assertThat(browser.executeScript("return document.documentElement.scrollWidth"))
                .isEqualTo(360L);
        browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }

    private static void requireAccessible(String state) {
        List<Rule> violations = new AxeBuilder().analyze(browser).getViolations();
        assertThat(violations.stream()
                        .map(rule -> rule.getId() + ": " + rule.getNodes())
                        .toList())
                .as(state)
                .isEmpty();
    }

    /** The whole page, for people to look at. */
    private static void screenshot(String name) throws IOException {
        Map<String, Object> shot = browser.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        Path folder = Files.createDirectories(Path.of("target", "screenshots"));
        byte[] png = OutputType.BYTES.convertFromBase64Png(String.valueOf(shot.get("data")));
        Files.write(folder.resolve("report-" + name + ".png"), png);
    }
}
