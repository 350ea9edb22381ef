package io.residual.evaluation.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.residual.core.ImageShape;
import io.residual.data.InputForm;
import io.residual.evaluation.model.ModelChoice;
import io.residual.training.run.RunManifest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a program must know to use an exported model, and where it comes from: keys and texts. */
final class ExportMetadata {
    private ExportMetadata() {}

    /** The metadata of a run's model. */
    static Map<String, String> of(RunManifest manifest, ModelChoice checkpoint, ImageShape input, InputForm form) {
        List<String> classes = manifest.data().classes();
        Map<String, String> card = new TreeMap<>();
        ArrayNode names = JsonNodeFactory.instance.arrayNode();
        classes.forEach(names::add);
        card.put("classes", names.toString());
        card.put("input.layout", "NCHW");
        card.put("input.channels", input.channels() == 1 ? "L (ITU-R 601-2 luma)" : "RGB");
        card.put("input.height", String.valueOf(input.height()));
        card.put("input.width", String.valueOf(input.width()));
        card.put("input.resize", "bilinear with antialiasing, as torchvision's Resize of a PIL image");
        card.put(
                "input.fit",
                switch (form.fit()) {
                    case STRETCH -> "stretch: Resize((height, width))";
                    case CROP -> "crop: Resize(size), CenterCrop(size)";
                });
        card.put("input.scale", "1/255: 8-bit levels become values in [0, 1]");
        card.put("input.mean", form.normalisation().mean().toString());
        card.put("input.std", form.normalisation().deviation().toString());
        card.put("run.preset", manifest.preset());
        card.put("run.seed", String.valueOf(manifest.seed()));
        card.put("run.checkpoint", checkpoint.toString());
        card.put("run.startedAt", manifest.startedAt().toString());
        card.put(
                "run.version",
                manifest.versions().residual() + ", commit "
                        + manifest.versions().commit());
        manifest.data().sha256().forEach((file, digest) -> card.put("data.sha256." + file, digest));
        return card;
    }
}
