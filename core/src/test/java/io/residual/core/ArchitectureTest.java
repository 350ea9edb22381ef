package io.residual.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.residual.core.graph.DropoutVertex;
import io.residual.core.graph.FrozenStages;
import io.residual.core.graph.LayerWriter;
import io.residual.core.graph.PyTorchBatchNorm;
import io.residual.core.graph.ResNetGraph;
import io.residual.core.graph.StochasticDepthVertex;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    /** What knows DL4J's configurations. */
    private static final Class<?>[] WRITERS = {
        ResNetGraph.class,
        LayerWriter.class,
        PyTorchBatchNorm.class,
        StochasticDepthVertex.class,
        DropoutVertex.class,
        FrozenStages.class
    };

    private static final Class<?>[] SPECS = {
        ResNetSpec.class,
        ImageShape.class,
        Window.class,
        Stem.class,
        Stage.class,
        Architecture.class,
        Block.class,
        BlockKind.class,
        BasicBlock.class,
        BottleneckBlock.class,
        Convolution.class,
        StochasticDepth.class,
        Flavour.class,
        ShapeTable.class
    };

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
    void only_the_writer_and_its_layers_know_dl4j_s_configurations() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(WRITERS)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.deeplearning4j.nn.conf..")
                .check(core);
    }

    @Test
    void specs_are_plain_data_without_any_framework() {
        classes()
                .that()
                .belongToAnyOf(SPECS)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.residual.core", "org.jspecify..")
                .check(core);
        noClasses()
                .that()
                .belongToAnyOf(SPECS)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(WRITERS)
                .check(core);
    }

    @Test
    void packages_do_not_depend_on_each_other_in_circles() {
        slices().matching("io.residual.(**)").should().beFreeOfCycles().check(core);
    }
}
