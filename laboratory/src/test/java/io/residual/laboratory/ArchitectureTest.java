package io.residual.laboratory;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.residual.laboratory.claims.Claims;
import io.residual.laboratory.experiments.ExperimentRunner;
import io.residual.laboratory.experiments.training.CachedTrainer;
import io.residual.laboratory.planted.a.A;
import io.residual.laboratory.planted.b.B;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final ArchRule FREE_OF_CYCLES =
            slices().matching("io.residual.(**)").should().beFreeOfCycles();

    private final JavaClasses laboratory = new ClassFileImporter().importPath("target/classes");

    @Test
    void the_importer_found_the_classes_of_the_laboratory() {
        assertThat(laboratory.contain(CachedTrainer.class)).isTrue();
        assertThat(laboratory.contain(ExperimentRunner.class)).isTrue();
        assertThat(laboratory.contain(Claims.class)).isTrue();
    }

    @Test
    void claims_and_verdicts_know_no_framework_and_no_command_line() {
        noClasses()
                .that()
                .resideInAnyPackage("io.residual.laboratory.claims", "io.residual.laboratory.experiments")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..", "org.bytedeco..", "picocli..")
                .check(laboratory);
    }

    @Test
    void trainings_know_nothing_of_claims() {
        noClasses()
                .that()
                .resideInAPackage("io.residual.laboratory.experiments.training")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.residual.laboratory.experiments",
                        "io.residual.laboratory.claims..",
                        "io.residual.laboratory.reports..",
                        "picocli..")
                .check(laboratory);
    }

    @Test
    void the_laboratory_knows_neither_sweeps_nor_kernels_nor_a_backend() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.residual.tuning..", "io.residual.onednn..", "org.nd4j.linalg.cpu..")
                .check(laboratory);
    }

    @Test
    void only_commands_know_picocli() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.laboratory.cli")
                .and()
                .haveNameNotMatching(".*\\.Main(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(laboratory);
    }

    @Test
    void packages_are_free_of_cycles() {
        FREE_OF_CYCLES.check(laboratory);
    }

    @Test
    void a_cycle_would_be_seen() {
        JavaClasses planted = new ClassFileImporter().importClasses(A.class, B.class);

        assertThatThrownBy(() -> FREE_OF_CYCLES.check(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Cycle detected");
    }
}
