package io.residual.evaluation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.residual.evaluation.metrics.ConfusionMatrix;
import io.residual.evaluation.report.Evaluation;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final JavaClasses evaluation = new ClassFileImporter().importPath("target/classes");

    @Test
    void the_importer_found_the_classes_of_evaluation() {
        assertThat(evaluation.contain(Evaluation.class)).isTrue();
        assertThat(evaluation.contain(ConfusionMatrix.class)).isTrue();
    }

    @Test
    void metrics_know_numbers_only() {
        noClasses()
                .that()
                .resideInAPackage("io.residual.evaluation.metrics")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.residual.core..",
                        "io.residual.training..",
                        "org.nd4j..",
                        "org.deeplearning4j..",
                        "picocli..")
                .check(evaluation);
    }

    @Test
    void evaluation_knows_neither_sweeps_nor_kernels_nor_a_backend() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.residual.tuning..", "io.residual.onednn..", "org.nd4j.linalg.cpu..", "org.bytedeco..")
                .check(evaluation);
    }

    @Test
    void jetty_and_prometheus_stay_with_serving_and_onnx_with_export() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.evaluation.serve")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.eclipse.jetty..", "io.prometheus..")
                .check(evaluation);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.evaluation.export")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("onnx..")
                .check(evaluation);
    }
}
