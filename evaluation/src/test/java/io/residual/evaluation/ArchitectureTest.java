package io.residual.evaluation;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.planted.a.First;
import io.residual.evaluation.planted.b.Second;
import io.residual.evaluation.report.Evaluation;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final SliceRule NO_CYCLES =
            SlicesRuleDefinition.slices().matching("io.residual.(**)").should().beFreeOfCycles();

    private final JavaClasses evaluation = new ClassFileImporter().importPath("target/classes");

    @Test
    void the_importer_found_the_classes_of_evaluation() {
        assertThat(evaluation.contain(Evaluation.class)).isTrue();
        assertThat(evaluation.contain(Scores.class)).isTrue();
    }

    @Test
    void packages_have_no_cycles() {
        NO_CYCLES.check(evaluation);
    }

    @Test
    void a_cycle_of_packages_would_be_seen() {
        JavaClasses planted = new ClassFileImporter().importClasses(First.class, Second.class);
        assertThatThrownBy(() -> NO_CYCLES.check(planted)).isInstanceOf(AssertionError.class);
    }

    @Test
    void only_commands_and_their_shared_options_know_picocli() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.evaluation.cli")
                .and()
                .haveNameNotMatching(".*\\.(Main(\\$.*)?|PredictOptions)")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(evaluation);
    }

    @Test
    void metrics_know_numbers_only() {
        noClasses()
                .that()
                .resideInAPackage("io.residual.evaluation.metrics")
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(
                                "io.residual.core..",
                                "io.residual.data..",
                                "io.residual.training..",
                                "org.nd4j..",
                                "org.deeplearning4j..",
                                "picocli..")
                        .and(not(JavaClass.Predicates.resideInAPackage("io.residual.training.metrics"))))
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
    void jetty_stays_with_servers_prometheus_with_serving_and_onnx_with_export() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.residual.evaluation.http", "io.residual.evaluation.serve", "io.residual.evaluation.review")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.eclipse.jetty..")
                .check(evaluation);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.evaluation.serve")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.prometheus..")
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
