package io.residual.training;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.Network;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final JavaClasses training = new ClassFileImporter().importPath("target/classes");

    @Test
    void the_importer_found_the_classes_of_training() {
        assertThat(training.contain(Trainer.class)).isTrue();
        assertThat(training.contain(TrainingSpec.class)).isTrue();
        assertThat(training.contain(Network.class)).isTrue();
    }

    @Test
    void only_the_network_package_knows_onednn() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.training.network")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.residual.onednn..")
                .check(training);
    }

    @Test
    void only_the_command_line_knows_picocli() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.training.cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(training);
    }

    @Test
    void metrics_know_numbers_only() {
        classes()
                .that()
                .resideInAPackage("io.residual.training.metrics")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.residual.training.metrics", "org.jspecify..")
                .check(training);
    }

    @Test
    void datavec_stays_in_the_data_module() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.datavec..")
                .check(training);
    }

    @Test
    void no_class_depends_on_a_backend_or_on_dl4j_s_own_json() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.nd4j.linalg.cpu..", "org.nd4j.linalg.jcublas..", "org.nd4j.shade..")
                .check(training);
    }

    @Test
    void nothing_is_read_by_java_s_serialisation_or_dl4j_s_model_serializer() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.deeplearning4j.util.ModelSerializer")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .check(training);
    }

    @Test
    void packages_do_not_depend_on_each_other_in_circles() {
        slices().matching("io.residual.(**)").should().beFreeOfCycles().check(training);
    }
}
