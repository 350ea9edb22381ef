package io.residual.onednn;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.residual.onednn.kernels.PrimitiveCache;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.residual.onednn");
    private static final ArchRule NO_CYCLES =
            slices().matching("io.residual.(**)").should().beFreeOfCycles();

    @Test
    void the_importer_found_the_classes() {
        assertThat(CLASSES.contain(OneDnn.class)).isTrue();
        assertThat(CLASSES.contain(PrimitiveCache.class)).isTrue();
    }

    @Test
    void no_packages_depend_on_each_other_in_a_cycle() {
        NO_CYCLES.check(CLASSES);
    }

    @Test
    void a_planted_cycle_is_seen() {
        JavaClasses planted = new ClassFileImporter().importPackages("io.residual.onednn.planted");
        assertThatThrownBy(() -> NO_CYCLES.check(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Cycle detected");
    }

    @Test
    void the_module_knows_deeplearning4j_and_programs_and_no_other_module() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.residual..")
                        .and(resideOutsideOfPackages("io.residual.onednn..", "io.residual.program..")))
                .check(CLASSES);
    }

    @Test
    void nothing_is_reached_by_reflection_and_no_backend_is_named() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.lang.reflect..", "org.nd4j.linalg.cpu..", "org.nd4j.linalg.jcublas..")
                .check(CLASSES);
    }
}
