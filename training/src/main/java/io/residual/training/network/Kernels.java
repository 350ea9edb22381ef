package io.residual.training.network;

import io.residual.onednn.Availability.Available;
import io.residual.onednn.OneDnn;
import java.util.Locale;

/** What computes a network. */
public enum Kernels {
    /** Module onednn: several times as fast on a CPU. */
    ONEDNN,
    /** Deeplearning4j's own. */
    STOCK;

    /** For people and manifests, such as "oneDNN 3.8.1". */
    public String describe() {
        return this == ONEDNN && OneDnn.availability() instanceof Available available
                ? String.format(Locale.ROOT, "oneDNN %s", available.version())
                : "stock Deeplearning4j";
    }
}
