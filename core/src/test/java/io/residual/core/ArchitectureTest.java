package io.residual.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.residual.core.graph.ResNetGraph;
import io.residual.core.planted.a.A;
import io.residual.core.planted.b.B;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final ArchRule FREE_OF_CYCLES =
            slices().matching("io.residual.(**)").should().beFreeOfCycles();

    private final JavaClasses core = new ClassFileImporter().importPath("target/classes");

    @Test
    void the_importer_found_the_classes_of_core() {
        assertThat(core.contain(ResNetSpec.class)).isTrue();
        assertThat(core.contain(ResNetGraph.class)).isTrue();
        assertThat(core).allSatisfy(type -> assertThat(type.getPackageName()).startsWith("io.residual.core"));
    }

    @Test
    void core_knows_no_backend_no_logger_no_command_line_and_no_data_pipeline() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.nd4j.linalg.cpu..",
                        "org.nd4j.linalg.jcublas..",
                        "org.bytedeco..",
                        "org.apache.logging..",
                        "org.slf4j..",
                        "picocli..",
                        "org.datavec..")
                .check(core);
    }

    @Test
    void only_core_graph_knows_deeplearning4j_s_configurations() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.core.graph")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.deeplearning4j.nn.conf..")
                .check(core);
    }

    @Test
    void records_are_plain_data_without_any_framework() {
        classes()
                .that()
                .resideInAPackage("io.residual.core")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.residual.core", "org.jspecify..")
                .check(core);
    }

    @Test
    void packages_are_free_of_cycles() {
        FREE_OF_CYCLES.check(core);
    }

    @Test
    void a_cycle_would_be_seen() {
        JavaClasses planted = new ClassFileImporter().importClasses(A.class, B.class);

        assertThatThrownBy(() -> FREE_OF_CYCLES.check(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Cycle detected");
    }
}
