package io.residual.tuning;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.residual.core.ResidualException;
import io.residual.tuning.arbiter.GeneticSearcher;
import io.residual.tuning.planted.a.One;
import io.residual.tuning.planted.b.Other;
import io.residual.tuning.search.SearchSpace;
import java.io.Serializable;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final ArchRule NO_CYCLES =
            slices().matching("io.residual.(**)").should().beFreeOfCycles();

    private final JavaClasses tuning = new ClassFileImporter().importPath("target/classes");

    @Test
    void the_importer_found_the_classes_of_tuning() {
        assertThat(tuning.contain(Main.class)).isTrue();
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
                .haveNameNotMatching("io\\.residual\\.tuning\\.report\\.(FanovaImportance|TreeVariance).*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.tribuo..")
                .check(tuning);
    }

    @Test
    void only_the_command_knows_picocli() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.tuning")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(tuning);
    }

    @Test
    void search_knows_neither_networks_nor_files() {
        noClasses()
                .that()
                .resideInAPackage("io.residual.tuning.search..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "org.nd4j..", "org.deeplearning4j..", "java.nio.file..", "io.residual.core..")
                        .and(not(belongToAnyOf(ResidualException.class))))
                .check(tuning);
    }

    @Test
    void nothing_but_enums_and_what_arbiter_asks_for_is_serialisable() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.tuning.arbiter")
                .and()
                .areNotEnums()
                .should()
                .beAssignableTo(Serializable.class)
                .check(tuning);
    }

    @Test
    void packages_do_not_depend_on_each_other_in_circles() {
        NO_CYCLES.check(tuning);
    }

    @Test
    void a_circle_of_packages_is_seen() {
        JavaClasses planted = new ClassFileImporter().importClasses(One.class, Other.class);

        assertThatThrownBy(() -> NO_CYCLES.check(planted)).isInstanceOf(AssertionError.class);
    }
}
