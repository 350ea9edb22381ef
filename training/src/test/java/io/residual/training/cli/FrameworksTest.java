package io.residual.training.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.residual.training.config.TrainingSpec;
import io.residual.training.run.RunDirectory;
import org.junit.jupiter.api.Test;

class FrameworksTest {
    private final JavaClasses training = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.residual.training");

    @Test
    void the_importer_finds_the_classes() {
        assertThat(training.contain(TrainingSpec.class)).isTrue();
        assertThat(training.contain(RunDirectory.class)).isTrue();
    }

    @Test
    void options_and_bars_stop_at_the_command_line() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.residual.training.cli")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "me.tongfei..")
                .check(training);
    }

    @Test
    void a_spec_knows_nothing_of_runs_and_frameworks() {
        noClasses()
                .that()
                .resideInAPackage("io.residual.training.config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.residual.training.run..",
                        "org.nd4j..",
                        "org.deeplearning4j..",
                        "org.apache.logging..",
                        "org.slf4j..")
                .check(training);
    }
}
