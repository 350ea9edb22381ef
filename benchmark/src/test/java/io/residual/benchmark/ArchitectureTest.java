package io.residual.benchmark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.residual.benchmark");
    private static final ArchRule NO_CYCLES =
            slices().matching("io.residual.(**)").should().beFreeOfCycles();

    @Test
    void the_importer_found_the_classes() {
        assertThat(CLASSES.contain(Main.class)).isTrue();
        assertThat(CLASSES.contain("io.residual.benchmark.djl.DjlWorker")).isTrue();
    }

    @Test
    void no_packages_depend_on_each_other_in_a_cycle() {
        NO_CYCLES.check(CLASSES);
    }

    @Test
    void a_planted_cycle_is_seen() {
        JavaClasses planted = new ClassFileImporter().importPackages("io.residual.benchmark.planted");
        assertThatThrownBy(() -> NO_CYCLES.check(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Cycle detected");
    }

    @ParameterizedTest
    @CsvSource({
        "ai.djl.., ..benchmark.djl..",
        "org.deeplearning4j.., ..benchmark.dl4j..",
        "org.nd4j.., ..benchmark.dl4j..",
        "org.bytedeco.dnnl.., ..benchmark.limit..",
        "org.bytedeco.pytorch.., ..benchmark.pytorch..",
        "ai.onnxruntime.., ..benchmark.onnx..",
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
