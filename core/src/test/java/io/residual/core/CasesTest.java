package io.residual.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of docs/cases.md is as true as the tests that it names. */
class CasesTest {
    private static final Path PROJECT = Path.of("..");
    private static final Pattern ROW = Pattern.compile("^\\| (?!situation|--)(.+) \\|$", Pattern.MULTILINE);
    private static final Pattern TEST = Pattern.compile("`(?:\\w+\\.)?(\\w+Test)\\.(\\w+)`");
    /** A test method, after its annotations, which may hold braces and semicolons. */
    private static final Pattern METHOD = Pattern.compile(
            "@(?:Test|ParameterizedTest|TestFactory)\\b.*?^    (?:public )?void (\\w+)\\(",
            Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    void every_case_names_a_test_that_exists() throws IOException {
        Map<String, Set<String>> tests = tests();
        List<String> rows = ROW.matcher(Files.readString(PROJECT.resolve("docs/cases.md")))
                .results()
                .map(row -> row.group(1))
                .toList();

        assertThat(rows).hasSizeGreaterThan(40).allSatisfy(row -> {
            List<MatchResult> named = TEST.matcher(row).results().toList();
            assertThat(named)
                    .as(row)
                    .isNotEmpty()
                    .allSatisfy(test -> assertThat(tests.getOrDefault(test.group(1), Set.of()))
                            .as(test.group(1))
                            .contains(test.group(2)));
        });
    }

    /** The methods of each test class of all modules, by the class's simple name. */
    private static Map<String, Set<String>> tests() throws IOException {
        Map<String, Set<String>> tests = new HashMap<>();
        try (Stream<Path> modules = Files.list(PROJECT)) {
            for (Path sources : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(sources)) {
                    for (Path file : files.filter(f -> f.toString().endsWith("Test.java"))
                            .toList()) {
                        String name = file.getFileName().toString().replace(".java", "");
                        METHOD.matcher(Files.readString(file))
                                .results()
                                .forEach(method -> tests.computeIfAbsent(name, key -> new HashSet<>())
                                        .add(method.group(1)));
                    }
                }
            }
        }
        return tests;
    }
}
