package io.residual.evaluation.review;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import io.residual.data.idx.IdxSource;
import io.residual.evaluation.DebianPackage;
import io.residual.evaluation.labels.Main;
import io.residual.training.run.DecisionFile;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.LabelDecision.Verdict;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The command with its page in a browser, by the keyboard alone: Debian's packages chromium and chromium-driver. */
@Tag("slow")
@Timeout(240)
class ReviewInBrowserTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Pattern READY = Pattern.compile("Review (\\d+) suspects at (http://127\\.0\\.0\\.1:\\d+/)");

    @TempDir
    private static Path directory;

    private static ChromeDriver browser;
    private static Process process;
    private static BufferedReader printed;
    private static int suspects;

    @BeforeAll
    static void start() throws IOException {
        DebianPackage.require("chromium chromium-driver", CHROMIUM, DRIVER);
        PlantedFlips.write(IdxSource.sample(), directory.resolve("data"), 400, 0.05, 1);
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options());
        review();
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
                "--window-size=1000,1150",
                "--user-data-dir=" + directory.resolve("profile"));
        options.setCapability("goog:loggingPrefs", logs);
        return options;
    }

    /** Starts the command, which trains the folds once, and opens its page. */
    private static void review() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--data",
                        directory.resolve("data").toString(),
                        "--dir",
                        directory.resolve("labels").toString(),
                        "--folds",
                        "2",
                        "--width",
                        "4",
                        "--epochs",
                        "4",
                        "--batch-size",
                        "16",
                        "--review",
                        "--reviewer",
                        "Anna B.")
                .redirectErrorStream(true);
        builder.environment().put("OMP_NUM_THREADS", "1");
        process = builder.start();
        printed = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder seen = new StringBuilder();
        for (String line = printed.readLine(); line != null; line = printed.readLine()) {
            seen.append(line).append('\n');
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                suspects = Integer.parseInt(ready.group(1));
                browser.get(ready.group(2));
                await("return !document.querySelector('#item').hidden");
                return;
            }
        }
        throw new AssertionError("the page was not served:\n" + seen);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
            process.destroyForcibly();
        }
    }

    @Test
    void suspects_are_reviewed_by_the_keyboard_alone_and_survive_kill_9() throws Exception {
        assertThat(suspects).isGreaterThan(8);
        requireAccessible("light");
        assertThat(text("#title")).startsWith("Suspect 1 of " + suspects + ": labelled ");
        assertThat(browser.findElements(By.cssSelector("#rows tr"))).hasSize(10);
        assertThat(browser.findElements(By.cssSelector("#nearest img"))).hasSize(8);

        press("k", 2);
        press("r", 3);
        press("d", 4);
        press("u", 5);
        assertThat(verdicts()).containsExactly(Verdict.KEEP, Verdict.RELABEL, Verdict.DROP, Verdict.UNSURE);
        assertThat(decisions().get(1).after())
                .as("the suggested class")
                .isNotEqualTo(decisions().get(1).before());

        press("z", 4);
        assertThat(text("#decision")).isEmpty();
        press(Keys.ARROW_LEFT, 3);
        assertThat(text("#decision")).isEqualTo("drop");
        press(Keys.ARROW_RIGHT, 4);
        anotherClassIsChosenInTheList();
        buttonsAreReachedByTabAndKeysCanBeSwitchedOff();
        screenshot("light");
        nothingLeftThisServerAndNothingWasComplainedOf();

        List<LabelDecision> before = decisions();
        process.destroyForcibly().waitFor();
        Files.writeString(file(), "{\"part\":\"TRAIN\",\"name\":\"cut", StandardOpenOption.APPEND);
        review();
        assertThat(text("#about")).isEqualTo("Anna B. has decided on 5 of " + suspects + " suspects.");
        assertThat(text("#title")).startsWith("Suspect 6 of ");
        press("k", 7);
        assertThat(decisions()).hasSize(before.size() + 1).startsWith(before.toArray(LabelDecision[]::new));

        onAPhoneInTheDarkItIsAccessibleAndNothingIsWiderThanTheScreen();
        aSignalEndsItWithTheCommandToTrainWith();
    }

    private static void anotherClassIsChosenInTheList() {
        String given = text("#label");
        String wanted = given.equals("Bag") || text("#suggested").equals("Bag") ? "Sneaker" : "Bag";
        type("c");
        type(wanted.substring(0, 3));
        assertThat(text("#to-text")).isEqualTo(wanted);
        press(Keys.ENTER, 5);
        LabelDecision last = decisions().get(decisions().size() - 1);
        assertThat(List.of(last.before(), last.after())).containsExactly(given, wanted);
    }

    private static void buttonsAreReachedByTabAndKeysCanBeSwitchedOff() {
        int saved = decisions().size();
        tabTo("shortcuts");
        type(Keys.SPACE);
        type("k");
        type("d");
        tabTo("unsure");
        press(Keys.ENTER, 6);
        assertThat(verdicts()).hasSize(saved + 1).endsWith(Verdict.UNSURE);
        assertThat(browser.switchTo().activeElement().getAttribute("id")).isEqualTo("unsure");
        tabTo("shortcuts");
        type(Keys.SPACE);
    }

    private static void tabTo(String id) {
        for (int i = 0; i < 40; i++) {
            if (id.equals(browser.switchTo().activeElement().getAttribute("id"))) {
                return;
            }
            type(Keys.TAB);
        }
        throw new AssertionError(id + " is not reached by the Tab key");
    }

    private static void type(CharSequence keys) {
        new Actions(browser).sendKeys(keys).perform();
    }

    /** Presses a key, which shows another suspect. */
    private static void press(CharSequence key, int shown) {
        type(key);
        await(
                "return document.querySelector('#title').textContent.startsWith(arguments[0])",
                "Suspect " + shown + " of ");
        assertThat(text("#error")).isEmpty();
    }

    private static Path file() {
        return directory.resolve("labels/decisions-Anna B..jsonl");
    }

    private static List<LabelDecision> decisions() {
        return DecisionFile.read(file());
    }

    private static List<Verdict> verdicts() {
        return decisions().stream().map(LabelDecision::verdict).toList();
    }

    private static void nothingLeftThisServerAndNothingWasComplainedOf() {
        Object others = browser.executeScript("return performance.getEntriesByType('resource').map(e => e.name)"
                + ".filter(name => !name.startsWith(location.origin) && !/^data:/.test(name))");
        assertThat(others).asInstanceOf(InstanceOfAssertFactories.LIST).isEmpty();
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    }

    private static void onAPhoneInTheDarkItIsAccessibleAndNothingIsWiderThanTheScreen() throws IOException {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
        requireAccessible("dark");
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
        requireAccessible("dark, phone");
        screenshot("dark-phone");
        assertThat(browser.executeScript("return document.documentElement.scrollWidth"))
                .isEqualTo(360L);
        browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }

    private static void aSignalEndsItWithTheCommandToTrainWith() throws InterruptedException {
        assertThat(process.toHandle().destroy()).isTrue();
        String rest = String.join("\n", printed.lines().toList());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(rest)
                .contains("Anna B. has decided on 6 of " + suspects + " suspects. Train with the decisions: ./residual"
                        + " train --label-decisions '" + file() + "'");
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
        Files.write(folder.resolve("review-" + name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }
}
