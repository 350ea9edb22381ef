package io.residual.onednn;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class BoundaryTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.residual.onednn");

    @Test
    void the_module_knows_deeplearning4j_and_no_other_module() {
        assertThat(CLASSES.contain(OneDnn.class)).isTrue();
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.residual.core..",
                        "io.residual.training..",
                        "io.residual.evaluation..",
                        "io.residual.tuning..")
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
