package io.residual.report;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.residual.report.page.Page;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.residual.report");
    private static final ArchRule NO_CYCLES =
            slices().matching("io.residual.(**)").should().beFreeOfCycles();

    @Test
    void the_importer_found_the_classes() {
        assertThat(CLASSES.contain(Page.class)).isTrue();
        assertThat(CLASSES.contain(Numbers.class)).isTrue();
    }

    @Test
    void no_packages_depend_on_each_other_in_a_cycle() {
        NO_CYCLES.check(CLASSES);
    }

    @Test
    void a_planted_cycle_is_seen() {
        JavaClasses planted = new ClassFileImporter().importPackages("io.residual.report.planted");
        assertThatThrownBy(() -> NO_CYCLES.check(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Cycle detected");
    }

    @Test
    void the_module_needs_java_only() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("java..", "javax.imageio..", "org.jspecify..", "io.residual.report..")
                .check(CLASSES);
    }
}
