package dev.braid.router.braid;

import dev.braid.data.Target;
import dev.braid.router.Divisible;
import dev.braid.router.Intervals;
import dev.braid.router.Preset;
import dev.braid.router.combine.Chain;
import dev.braid.spec.Option;
import java.util.List;

/**
 * The preset {@code braid}. Of its trees one sees a random subspace of the features in each leaf,
 * as in an adaptive random forest; one a subspace for the whole tree, which helps where whole
 * features are noise; and one all features, which helps where all of them matter. Both of the first
 * split hastily, as published forests do. The naive Bayes with the shortest memory is for labels
 * that come late while concepts move: then only the newest events are worth anything. Of the
 * neighbours one sort remembers long, for concepts that stay and have many classes. The logistic
 * stacks stand behind the net, whose output is an input of theirs: where labels come late they do
 * less harm there than before it. The first remembers long and finds what holds for the stream, the
 * others correct it by what holds lately.
 */
public final class BraidPreset extends Preset {
  static final String EXPERTS = "experts";
  static final String REST = "rest";
  static final String BUDGET = "budget";
  static final String COMBINE = "combine";
  static final String EXTERNAL = "external";

  private static final List<Option> OF_NUMBERS =
      options(
          "knn+rls(forgetting=0.999|0.98)*2+rls(forgetting=0.9995|0.997,crossed=true)*2"
              + "+replay-network+mlp+crossed-linear+last-value+mean+model-tree"
              + "+adaptive-model-tree(subspace=leaf|tree)*4"
              + "+adaptive-model-tree(subspace=leaf,better=0)*4+boosted-trees(settled=1)",
          "number-pool+least-squares-stack",
          "");

  /** For the registry. */
  public BraidPreset() {
    super(
        "braid",
        "Braid's own learner: a small pool of unlike experts, pooled by what each is worth lately,"
            + " and a small model that sees what they say together.",
        options(
            "adaptive-tree(subspace=leaf|tree|all,split-confidence=0.01|0.01|1e-7)*3"
                + "+knn(1000|7000)*2+naive-bayes(100|1000|10000)*3+last-label+crossed-linear"
                + "+replay-network+boosted-trees",
            "log-opinion-pool(tolerance=0.05)+stacking-net+logistic-stack(memory=6000)"
                + "+logistic-stack(memory=1000)+logistic-stack(memory=200)",
            "adaptive-tree+boosted-trees"),
        BraidLearner::new,
        BraidLearner::new);
  }

  private static List<Option> options(
      final String experts, final String combine, final String rest) {
    return Intervals.with(
        List.of(
            new Option(
                EXPERTS,
                experts,
                "The pool: registered experts with + between them, *N for N of one sort; where an"
                    + " option has values with | between them, these N take them in turn."),
            new Option(
                REST,
                rest,
                "Kinds of experts of classes that may rest, with + between them: such an expert"
                    + " neither predicts nor learns while it loses at least 1.2 times as much as the"
                    + " class frequencies and gets no better, but on trial, for 1,000 events after"
                    + " pauses of 2,000 to 16,000."),
            new Option(
                BUDGET,
                "",
                "Operations of an event that the experts which may rest take together at most, on"
                    + " the mean, each an equal share: they rest where they would take more. None"
                    + " given, they are not bounded."),
            new Option(
                COMBINE,
                combine,
                "What makes one prediction of theirs: registered combiners with + between them,"
                    + " each of which sees what the one before made of it."),
            new Option(
                    EXTERNAL,
                    "",
                    "Names of models outside whose predictions come with the events as features"
                        + " `@NAME:CLASS`, separated by commas: each is one more expert. A job sets"
                        + " it by itself for its dense layer, and has a guard of its own against"
                        + " changes.")
                .whichMayChange()));
  }

  @Override
  protected String onlyClasses() {
    return "";
  }

  @Override
  protected List<Option> own(final Target target) {
    return target instanceof Target.Quantity ? OF_NUMBERS : super.own(target);
  }

  @Override
  protected boolean mayChange(final Option option, final String saved, final String now) {
    return super.mayChange(option, saved, now)
        || (option.name().equals(COMBINE) && Chain.mayChange(saved, now));
  }

  @Override
  protected Divisible division() {
    return BraidDivision.INSTANCE;
  }
}
