package io.residual.cuda.check;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.Stage;
import io.residual.core.Stem;
import io.residual.core.graph.PyTorchBatchNorm;
import io.residual.core.graph.ResNetGraph;
import io.residual.core.weights.ModuleNaming;
import io.residual.core.weights.NamedTensor;
import io.residual.core.weights.NetworkTensors;
import io.residual.program.ProgramReader;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import io.residual.program.ProgramText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Writes the networks of {@link CheckPrograms} and the lists of names of {@link Fixture}. To write them again, run this class
 * in the folder of the module (from an IDE, or with the class path of its tests).
 */
final class CheckFiles {
    private static final Path RESOURCES = Path.of("src/main/resources/io/residual/cuda/check");

    private CheckFiles() {}

    public static void main(String[] arguments) throws IOException {
        for (Map.Entry<String, String> file : files().entrySet()) {
            Files.writeString(RESOURCES.resolve(file.getKey()), file.getValue());
        }
    }

    /** By name. */
    static Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        networks().forEach((name, spec) -> files.put(name + ".program", program(spec)));
        for (String name : Fixture.NAMES) {
            files.put(name + ".fixture", fixture(name, networks().get(name)));
        }
        return files;
    }

    /** The networks of the trainer's presets, as their files describe them, of speed tests, and of fixtures. */
    static Map<String, ResNetSpec> networks() {
        ResNetSpec book = ResNetSpec.resNet(18, Flavour.BOOK);
        ResNetSpec torchvision = ResNetSpec.resNet(18, Flavour.TORCHVISION);
        Map<String, ResNetSpec> networks = new LinkedHashMap<>();
        networks.put("book-96", grey(96, book));
        networks.put("book-28", grey(28, book));
        networks.put("resnet20", grey(28, ResNetSpec.cifar(20, Flavour.CIFAR)));
        networks.put("speedrun", grey(28, torchvision.withWidth(16).withStem(Stem.strided(16))));
        networks.put("resnet50-96", grey(96, ResNetSpec.resNet(50, Flavour.TORCHVISION)));
        networks.put("resnet18-width8-28px", grey(28, book.withWidth(8)));
        networks.put(
                "resnet20-width4-28px",
                grey(28, ResNetSpec.cifar(20, Flavour.CIFAR).withWidth(4)));
        networks.put("bottleneck17", grey(64, bottleneck(1, 2, 1, 1).withWidth(4)));
        networks.put("preactivation20", grey(28, ResNetSpec.preActivation(20).withWidth(4)));
        return networks;
    }

    private static ResNetSpec grey(int pixels, ResNetSpec spec) {
        return spec.withInput(new ImageShape(1, pixels, pixels));
    }

    /** ResNet-50 with another number of blocks in each stage. */
    private static ResNetSpec bottleneck(int... blocks) {
        ResNetSpec of50 = ResNetSpec.resNet(50, Flavour.TORCHVISION);
        List<Stage> stages = new ArrayList<>();
        for (int s = 0; s < blocks.length; s++) {
            Stage stage = of50.stages().get(s);
            stages.add(new Stage(stage.kind(), blocks[s], stage.channels(), stage.stride()));
        }
        return new ResNetSpec(
                of50.input(),
                of50.stem(),
                stages,
                of50.flavour(),
                of50.shortcuts(),
                of50.stochasticDepth(),
                of50.classes());
    }

    private static String program(ResNetSpec spec) {
        ImageShape image = spec.input();
        InputType input = InputType.convolutional(image.height(), image.width(), image.channels());
        try {
            return ProgramText.of(ProgramReader.read(
                    ResNetGraph.configuration(spec, new Sgd(0.1), 1), input, PyTorchBatchNorm.class::isInstance));
        } catch (UnsupportedNetworkException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String fixture(String name, ResNetSpec spec) {
        boolean real = name.endsWith("px");
        String state = (real ? "real-images-" : "") + name + ".safetensors";
        String results = real ? state : name + "-float64.safetensors";
        StringBuilder text = new StringBuilder("state " + state + "\nresults " + results + "\n");
        for (NamedTensor tensor : NetworkTensors.of(spec, ModuleNaming.of(spec.flavour()))) {
            String kind = tensor.trained() ? "param/" : "buffer/";
            text.append("tensor " + tensor.parameter() + " " + kind + tensor.name() + "\n");
        }
        return text.toString();
    }
}
