package io.residual.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.residual.spark.cluster.ClusterSession;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final JavaClasses spark = new ClassFileImporter().importPath("target/classes");

    @Test
    void the_importer_found_the_classes_of_spark() {
        assertThat(spark.contain(Main.class)).isTrue();
        assertThat(spark.contain(ClusterSession.class)).isTrue();
    }

    @Test
    void packages_do_not_depend_on_each_other_in_circles() {
        slices().matching("io.residual.(**)").should().beFreeOfCycles().check(spark);
    }

    @Test
    void what_is_done_on_a_cluster_knows_neither_how_another_thing_is_done_nor_the_commands() {
        for (String each : new String[] {"sweep", "training", "labels"}) {
            noClasses()
                    .that()
                    .resideInAPackage("io.residual.spark." + each)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(Stream.of("sweep", "training", "labels", "predict", "ml")
                            .filter(other -> !other.equals(each))
                            .map(other -> "io.residual.spark." + other)
                            .toArray(String[]::new))
                    .check(spark);
        }
    }
}
