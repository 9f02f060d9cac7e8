package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.net.Adam;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The gate also learns whom the experts' own outcome names, for which all of them compute the
 * step's rows: by
 *
 * <ul>
 *   <li>{@code right}: all experts alike that say the row's class (DriftMoE, Aspis et al. 2025,
 *       section 3.2, a multi-hot mask of the experts that are right);
 *   <li>{@code loss}: the softmax of minus their losses, so that ranks by loss count (AMEND,
 *       Mercurius et al. 2024, section 3.3), where rows of rare classes may count more;
 *   <li>{@code error}: of the row's own experts those whose loss is no larger than the step's mean,
 *       and none of the others (Spatial Mixture-of-Experts, Dryden and Hoefler 2022, section 3.2,
 *       routing classification loss);
 *   <li>{@code prior}: the expert whose own answer is nearest to what all of them say together,
 *       each as much (FactorLLM, Zhao et al. 2024, prior-approximate router: labels for the router
 *       from how near parts of a net come to the whole). Where a net was split, that is at first
 *       what the net said; the paper's net stays as it was, this one goes on learning.
 * </ul>
 *
 * @param by who is named
 * @param weight of the loss, above 0, to 100
 * @param rarity whether a row counts the more the rarer its class was lately, up to ten times;
 *     classes are counted in 256 buckets
 */
public record Teacher(By by, double weight, boolean rarity) implements Penalty {
  /** Who is named. */
  public enum By {
    /** Experts that say the row's class. */
    RIGHT,
    /** Experts by the softmax of minus their losses. */
    LOSS,
    /** Chosen experts whose loss is not above the mean. */
    ERROR,
    /** The expert that says most nearly what all say together. */
    PRIOR
  }

  private static final float LEAST = 1e-4f;
  private static final int BUCKETS = 256;

  /** Rows over which classes are counted. */
  private static final double WINDOW = 4096;

  /** How much a row counts at most. */
  private static final float MOST = 10;

  static final Word<Penalty> WORD =
      new Word<>(
          "teacher",
          "The gate learns whom the experts' own outcome names.",
          List.of(
              new Option(
                  "by",
                  "loss",
                  "loss: those of small loss; right: those that say the class; error: of the row's"
                      + " own experts those whose loss is not above the mean; prior: the one that says"
                      + " most nearly what all say together."),
              new Option("weight", "0.1", "Factor of the loss, above 0, to 100."),
              new Option("rarity", "false", "Whether rows of classes that are rare count more.")),
          options ->
              new Teacher(
                  options.choice("by", By.class),
                  options.real("weight", 1e-9, 100),
                  options.flag("rarity")));

  /** Rows of each class, if they are to be counted. */
  @Override
  public List<Tensor> memory() {
    return rarity ? List.of(Tensor.zeros("classes", Axis.of(BUCKETS))) : List.of();
  }

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public void add(final Step step, final Routing routing, final float[] memory) {
    final int columns = routing.columns();
    final int end = step.labelled() * columns;
    final float[] named = step.scratch(end + step.labelled() * step.outputs());
    if (by == By.PRIOR) {
      nearest(step, routing, named, end);
    }
    for (int e = 0; by != By.PRIOR && e < columns; e++) {
      outcome(step, routing, e, named);
    }
    if (rarity) {
      count(step, memory);
    }
    switch (by) {
      case RIGHT, PRIOR -> share(named, end, columns);
      case LOSS -> ranked(named, end, columns);
      case ERROR -> {
        fewErrors(step, routing, named, memory);
        return;
      }
    }
    final float factor = (float) (weight / step.labelled());
    for (int i = 0; i < end; i++) {
      final float row = factor * rowWeight(step, i / columns, memory);
      routing.gradient[i] -= row * named[i] / Math.max(LEAST, routing.affinity[i]);
    }
  }

  private static void count(final Step step, final float[] memory) {
    final float keep = (float) StrictMath.exp(-step.labelled() / WINDOW);
    for (int i = 0; i < BUCKETS; i++) {
      memory[i] = (keep * memory[i] + Adam.FLUSH) - Adam.FLUSH;
    }
    for (int r = 0; r < step.labelled(); r++) {
      memory[step.labels()[r] % BUCKETS]++;
    }
  }

  /** The mean count of a class by that of the row's. */
  private float rowWeight(final Step step, final int row, final float[] memory) {
    if (!rarity) {
      return 1;
    }
    float all = 0;
    int classes = 0;
    for (int i = 0; i < BUCKETS; i++) {
      all += memory[i];
      classes += memory[i] > 0 ? 1 : 0;
    }
    return Math.min(MOST, all / classes / memory[step.labels()[row] % BUCKETS]);
  }

  /** Minus each row's loss in an expert, or whether that says its class. */
  private void outcome(final Step step, final Routing routing, final int expert, final float[] to) {
    final int c = step.outputs();
    final int columns = routing.columns();
    final float[] answers = routing.isAlive(expert) ? step.answers(expert) : null;
    for (int r = 0; r < step.labelled(); r++) {
      final int at = r * columns + expert;
      if (answers == null) {
        to[at] = by == By.RIGHT ? 0 : Float.NEGATIVE_INFINITY;
        continue;
      }
      FloatMath.softmax(answers, r * c, c);
      final float own = answers[r * c + step.labels()[r]];
      boolean right = true;
      for (int j = r * c; j < (r + 1) * c; j++) {
        right &= answers[j] <= own;
      }
      final float named = right ? 1 : 0;
      to[at] = by == By.RIGHT ? named : (float) StrictMath.log(Math.max(LEAST, own));
    }
  }

  /** Names of each row the expert whose outputs are nearest to the mean of all. */
  private static void nearest(
      final Step step, final Routing routing, final float[] named, final int meanAt) {
    final int columns = routing.columns();
    final int numbers = step.labelled() * step.outputs();
    Arrays.fill(named, meanAt, meanAt + numbers, 0);
    for (int e = 0; e < columns; e++) {
      final float[] answers = routing.isAlive(e) ? step.answers(e) : null;
      for (int i = 0; answers != null && i < numbers; i++) {
        named[meanAt + i] += answers[i] / routing.alive();
      }
    }
    for (int e = 0; e < columns; e++) {
      final float[] answers = routing.isAlive(e) ? step.answers(e) : null;
      for (int r = 0; r < step.labelled(); r++) {
        float distance = answers == null ? Float.POSITIVE_INFINITY : 0;
        for (int j = 0; answers != null && j < step.outputs(); j++) {
          final int i = r * step.outputs() + j;
          final float apart = answers[i] - named[meanAt + i];
          distance += apart * apart;
        }
        named[r * columns + e] = distance;
      }
    }
    for (int from = 0; from < meanAt; from += columns) {
      int best = from;
      for (int i = from; i < from + columns; i++) {
        best = named[i] < named[best] ? i : best;
      }
      for (int i = from; i < from + columns; i++) {
        named[i] = i == best ? 1 : 0;
      }
    }
  }

  private static void share(final float[] named, final int end, final int columns) {
    for (int from = 0; from < end; from += columns) {
      float sum = 0;
      for (int i = from; i < from + columns; i++) {
        sum += named[i];
      }
      for (int i = from; sum > 0 && i < from + columns; i++) {
        named[i] /= sum;
      }
    }
  }

  private static void ranked(final float[] named, final int end, final int columns) {
    for (int from = 0; from < end; from += columns) {
      FloatMath.softmax(named, from, columns);
    }
  }

  /** Binary cross-entropy of the chosen pairs' affinities. */
  private void fewErrors(
      final Step step, final Routing routing, final float[] named, final float[] memory) {
    float mean = 0;
    for (int p = 0; p < routing.chosen(); p++) {
      mean += named[at(routing, p)] / routing.chosen();
    }
    final float factor = (float) (weight / step.labelled());
    for (int p = 0; p < routing.chosen(); p++) {
      final int i = at(routing, p);
      final float affinity = Math.min(1 - LEAST, Math.max(LEAST, routing.affinity[i]));
      final float row = factor * rowWeight(step, routing.row(p), memory);
      routing.gradient[i] += row * (named[i] >= mean ? -1 / affinity : 1 / (1 - affinity));
    }
  }

  private static int at(final Routing routing, final int pair) {
    return routing.row(pair) * routing.columns() + routing.expert(pair);
  }

  @Override
  public String text() {
    return "teacher(" + by.name().toLowerCase(Locale.ROOT) + "," + weight + "," + rarity + ")";
  }
}
