package io.residual.benchmark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.residual.benchmark");

    @Test
    void the_importer_found_the_classes() {
        assertThat(CLASSES.contain(Main.class)).isTrue();
        assertThat(CLASSES.contain("io.residual.benchmark.djl.DjlWorker")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "ai.djl.., ..benchmark.djl..",
        "org.deeplearning4j.., ..benchmark.dl4j..",
        "org.nd4j.., ..benchmark.dl4j..",
        "org.bytedeco.., ..benchmark.limit..",
        "picocli.., io.residual.benchmark"
    })
    void a_framework_stays_in_the_package_that_wraps_it(String framework, String wrapper) {
        noClasses()
                .that()
                .resideOutsideOfPackage(wrapper)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(framework)
                .check(CLASSES);
    }
}
