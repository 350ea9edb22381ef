package io.residual.data;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.residual.data.folder.ImageFolder;
import io.residual.data.planted.a.A;
import io.residual.data.planted.b.B;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final ArchRule FREE_OF_CYCLES =
            slices().matching("io.residual.(**)").should().beFreeOfCycles();

    private final JavaClasses data = new ClassFileImporter().importPath("target/classes");

    @Test
    void the_importer_found_the_classes_of_data() {
        assertThat(data.contain(ImageSet.class)).isTrue();
        assertThat(data.contain(ImageFolder.class)).isTrue();
        assertThat(data).allSatisfy(type -> assertThat(type.getPackageName()).startsWith("io.residual.data"));
    }

    @Test
    void packages_are_free_of_cycles() {
        FREE_OF_CYCLES.check(data);
    }

    @Test
    void a_cycle_would_be_seen() {
        JavaClasses planted = new ClassFileImporter().importClasses(A.class, B.class);

        assertThatThrownBy(() -> FREE_OF_CYCLES.check(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Cycle detected");
    }

    @Test
    void datavec_stays_in_the_package_of_its_record_reader() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.data.idx")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.datavec..")
                .check(data);
    }

    @Test
    void no_class_knows_networks_a_backend_a_logger_or_the_command_line() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.deeplearning4j..",
                        "org.nd4j.linalg.cpu..",
                        "org.nd4j.linalg.jcublas..",
                        "org.apache.logging..",
                        "org.slf4j..",
                        "picocli..")
                .check(data);
    }
}
