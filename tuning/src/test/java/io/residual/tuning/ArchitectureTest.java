package io.residual.tuning;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.residual.tuning.arbiter.GeneticSearcher;
import io.residual.tuning.search.SearchSpace;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final JavaClasses tuning = new ClassFileImporter().importPath("target/classes");

    @Test
    void the_importer_found_the_classes_of_tuning() {
        assertThat(tuning.contain(GeneticSearcher.class)).isTrue();
        assertThat(tuning.contain(SearchSpace.class)).isTrue();
    }

    @Test
    void only_one_package_knows_arbiter() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.tuning.arbiter")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.deeplearning4j.arbiter..")
                .check(tuning);
    }

    @Test
    void only_importance_knows_tribuo() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.tuning.report")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.tribuo..")
                .check(tuning);
    }

    @Test
    void search_knows_neither_networks_nor_files() {
        noClasses()
                .that()
                .resideInAPackage("io.residual.tuning.search..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..", "java.nio.file..", "io.residual.core..")
                .check(tuning);
    }

    @Test
    void packages_do_not_depend_on_each_other_in_circles() {
        slices().matching("io.residual.(**)").should().beFreeOfCycles().check(tuning);
    }
}
