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
    private final JavaClasses specAndRun = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.residual.training.spec", "io.residual.training.run");

    @Test
    void the_importer_finds_the_classes() {
        assertThat(specAndRun.contain(TrainingSpec.class)).isTrue();
        assertThat(specAndRun.contain(RunDirectory.class)).isTrue();
    }

    @Test
    void options_bars_and_loggers_stop_at_the_console() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "me.tongfei..", "org.apache.logging..", "org.slf4j..")
                .check(specAndRun);
    }

    @Test
    void a_spec_knows_nothing_of_runs_and_frameworks() {
        noClasses()
                .that()
                .resideInAPackage("io.residual.training.spec")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.residual.training.run", "org.nd4j..", "org.deeplearning4j..")
                .check(specAndRun);
    }
}
