package io.residual.training.device.check;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.cuda.check.CheckPrograms;
import io.residual.cuda.check.Fixture;
import io.residual.cuda.check.GradientCheck;
import io.residual.cuda.device.Format;
import java.io.IOException;
import java.util.Map;

/** Gradients against double precision: the interpreter's of random batches, PyTorch's of stored ones. */
final class GradientParts {
    private static final int IMAGES = 16;

    /** What rounding to single precision explains; an H100 was off by at most 2e-5. */
    private static final double SINGLE_BOUND = 2e-4;

    /**
     * Of the mean loss in tf32 and bf16; an H100 was off by at most 2e-3. Gradients of networks of a few channels are noise in
     * these: small values are left of sums of large ones.
     */
    private static final double LOSS_BOUND = 2e-2;

    private GradientParts() {}

    static boolean operations(CheckSession session) throws IOException {
        boolean passed = true;
        for (String name : Fixture.NAMES) {
            GradientCheck check = new GradientCheck(CheckPrograms.read(name), IMAGES, 1);
            for (Format format : Format.values()) {
                GradientCheck.Errors errors = check.run(session.device(), format);
                passed &= write(session, "operations", name, format, errors);
            }
        }
        return passed;
    }

    static boolean fixtures(CheckSession session) throws IOException {
        boolean passed = true;
        for (String name : Fixture.NAMES) {
            Fixture fixture = Fixture.read(name, session.folders().fixtures());
            for (Format format : Format.values()) {
                Map<String, Double> tensors = FixtureCheck.errors(session.device(), fixture, format);
                double loss = tensors.getOrDefault(FixtureCheck.LOSS, Double.NaN);
                passed &= write(session, "fixtures", name, format, new GradientCheck.Errors(loss, tensors));
            }
        }
        return passed;
    }

    private static boolean write(
            CheckSession session, String part, String name, Format format, GradientCheck.Errors errors)
            throws IOException {
        boolean passed = passed(format, errors.loss(), errors.worst());
        ObjectNode result = Results.result()
                .put("network", name)
                .put("format", CheckCase.name(format))
                .put("loss", Results.rounded(errors.loss(), 3))
                .put("worst", Results.rounded(errors.worst(), 3))
                .put("median", Results.rounded(errors.median(), 3))
                .put("passed", passed);
        session.results().write(part, result);
        return passed;
    }

    /** Whether relative errors of a loss and of gradients are those of a format's rounding. */
    static boolean passed(Format format, double loss, double worst) {
        boolean finite = Double.isFinite(worst);
        return finite && (format == Format.F32 ? loss <= SINGLE_BOUND && worst <= SINGLE_BOUND : loss <= LOSS_BOUND);
    }
}
