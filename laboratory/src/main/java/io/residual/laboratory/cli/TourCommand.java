package io.residual.laboratory.cli;

import io.residual.laboratory.claims.Claims;
import io.residual.laboratory.claims.ThousandLayers;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.reports.Laboratory.Chapter;
import io.residual.laboratory.reports.Laboratory.ExperimentPlan;
import io.residual.laboratory.reports.Laboratory.Work;
import io.residual.training.cli.ProjectVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code lab tour}. */
@Command(
        name = "tour",
        description =
                "Draws one page with all experiments, in the order in which a lecture on residual networks would show"
                        + " them: why depth hurts, what a shortcut does to the gradient, a thousand layers, schedules, batches, labels."
                        + " Trains what the budget asks for and is not stored yet; of the thousand layers it shows the results of"
                        + " ./residual lab 1000 that are stored in the same directory.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        versionProvider = ProjectVersion.class)
public final class TourCommand implements Callable<Integer> {
    /**
     * A stop of the tour.
     *
     * @param claim that its experiment tests
     */
    private record Stop(int claim, String heading, String introduction) {}

    private static final int THOUSAND_AT = 3;

    private static final List<Stop> STOPS = List.of(
            new Stop(
                    1,
                    "Why depth hurts",
                    "A network of more layers can do all that one of fewer layers can: the further layers need only pass their input"
                            + " on. Training does not find that. Without shortcuts a deeper network ends with a higher loss on the images"
                            + " that it is trained on, so that this is no overfitting. A shortcut adds a block's input to its output: a"
                            + " block that has learnt nothing passes its input on."),
            new Stop(
                    8,
                    "What a shortcut does to the gradient",
                    "The backward pass multiplies the gradient by each layer's factor. Over many layers the product becomes very small"
                            + " or very large, and every further layer makes it worse. A shortcut adds a path without factors. Batch norm"
                            + " rescales the factors, which hides the effect before the first step, but not after. Every layer of three"
                            + " depths is drawn by ./residual lab gradients --depth 20,56,110"),
            new Stop(
                    9,
                    "Rates by layer, and 16 bits",
                    "If early layers have small gradients, one could give them a larger rate. And the smaller gradients are, the fewer"
                            + " of their values a 16-bit number can hold: below 2^-25 they are rounded to 0."),
            new Stop(
                    2,
                    "Cosine",
                    "The rate falls along half a cosine from its highest value to the lowest, so that those two are all there is to"
                            + " choose. The question is how exactly they have to be chosen."),
            new Stop(
                    3,
                    "Batch size",
                    "A larger batch makes each step more exact, and leaves fewer of them in an epoch. Images of a class are alike: the"
                            + " second thousand adds little to what the first one says."),
            new Stop(
                    7,
                    "Small images first",
                    "Most decisions of tuning can be made on small images. What that costs is accuracy, what it saves is time."),
            new Stop(
                    4,
                    "Two batch norms",
                    "A block has two batch norms, which are made one by one. Using the same one twice is a common mistake."),
            new Stop(
                    5,
                    "Labels and images that are made harder",
                    "Training accuracy is measured on images as they are trained on, while the weights change."),
            new Stop(
                    6,
                    "Wrong labels",
                    "Every data set has some. A network that was not trained on an image can doubt its label."));

    @Mixin
    private LaboratoryOptions laboratory = new LaboratoryOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() {
        List<Experiment> claims = Claims.of(laboratory.budget());
        List<Chapter> chapters = new ArrayList<>();
        for (Stop stop : STOPS) {
            Experiment experiment = laboratory.withSeeds(claims.get(stop.claim() - 1));
            chapters.add(new Chapter(
                    experiment, stop.heading(), stop.introduction(), laboratory.command(experiment), Work.TRAIN));
        }
        chapters.add(
                THOUSAND_AT,
                new Chapter(
                        ThousandLayers.ofPapers(),
                        "A thousand layers",
                        "With a path for the gradient that no layer bends, depth has no natural end: the networks of He et al. 2015 and"
                                + " 2016 with more than a thousand layers. It takes 20 minutes and 4 GB, and has a command of its own.",
                        "./residual lab 1000",
                        Work.REPORT_ONLY));
        ExperimentPlan plan = laboratory.plan("A tour of residual networks", chapters, List.of());
        return laboratory
                .run(plan, "tour", Objects.requireNonNull(command).commandLine().getOut())
                .code();
    }
}
