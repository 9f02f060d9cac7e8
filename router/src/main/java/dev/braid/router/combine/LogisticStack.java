package dev.braid.router.combine;

import dev.braid.experts.PortableMath;
import dev.braid.spec.Option;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;
import java.util.List;

/**
 * The combiner {@code logistic-stack}: multinomial logistic regression over the members' log
 * probabilities, one weight a member for all classes (stacking: Ting and Witten, "Issues in stacked
 * generalization", JAIR 1999, section 3). It is a log-linear pool whose weights need not sum to 1,
 * nor be above 0: members that know different things add up to more certainty than any of them has,
 * and one can stand against what the others have in common. The link before is a member too, and
 * has all the weight before anything is learned; without one, members begin with equal weights.
 *
 * <p>Each event takes a Newton step on the fading sum of the cross-entropy, with a quadratic
 * penalty that keeps weights where they began. The curvature is that halfway between what was said
 * and the label, so that an event of which all were sure, and wrong, moves the logits by a few
 * units at most.
 *
 * <p>Of a label that came late it learns twice, as {@link StackingNet} does.
 *
 * <p>Layout of its image: whether a label came late, weights, the curvature's lower triangle row by
 * row.
 */
final class LogisticStack implements Combiner {
  private static final String KIND = "logistic-stack";

  /** Share of each probability that is spread evenly: bounds what one certain member can do. */
  private static final double DOUBT = 0.01;

  /** Curvature of the penalty: what some hundred events that leave something open tell. */
  private static final double PENALTY = 30;

  /**
   * The same once a label came late: what fits stale predictions may not fit those asked for now.
   */
  private static final double PENALTY_LATE = 300;

  /** Share of the curvature below which a class is left out. */
  private static final double HARDLY = 1e-3;

  private final int members;
  private final double memory;
  private int classes;
  private final double[] first;
  private final double[] w;
  private final double[][] curvature;
  private boolean late;

  // Scratch of one event: what it sees of it, shape [members + 1, classes].
  private double[] logs;
  private double[] said;
  private final double[] mean;
  private final double[] far;
  private final double[] slope;
  private final double[][] factor;

  LogisticStack(final int members, final int classes, final double memory) {
    this.members = members;
    this.memory = memory;
    first = new double[members + 1];
    w = new double[members + 1];
    mean = new double[members + 1];
    far = new double[members + 1];
    slope = new double[members + 1];
    curvature = triangle(members + 1);
    factor = triangle(members + 1);
    Arrays.fill(first, 0, members, members == 0 ? 0 : 1.0 / members);
    System.arraycopy(first, 0, w, 0, members);
    grow(classes);
  }

  private static double[][] triangle(final int rows) {
    final double[][] triangle = new double[rows][];
    for (int a = 0; a < rows; a++) {
      triangle[a] = new double[a + 1];
    }
    return triangle;
  }

  @Override
  public void behind(final Combiner link) {
    Arrays.fill(first, 0);
    first[members] = 1;
    System.arraycopy(first, 0, w, 0, w.length);
  }

  @Override
  public void grow(final int width) {
    classes = width;
    logs = new double[(members + 1) * width];
    said = new double[width];
  }

  @Override
  public void take(final double[] predictions, final double[] before) {
    final double even = 1.0 / classes;
    for (int i = 0; i < members * classes; i++) {
      final double probability = predictions[i];
      logs[i] =
          PortableMath.log(
              (Double.isNaN(probability) ? even : probability) * (1 - DOUBT) + DOUBT * even);
    }
    if (before != null) {
      System.arraycopy(before, 0, logs, members * classes, classes);
    }
  }

  @Override
  public void combine(final double[] logits) {
    Arrays.fill(logits, 0);
    for (int m = 0; m <= members; m++) {
      final double weight = w[m];
      for (int c = 0; c < logits.length; c++) {
        logits[c] += weight * logs[m * classes + c];
      }
    }
  }

  @Override
  public void learn(final double target, final double weight) {
    final int label = (int) target;
    final double share = Math.min(memory, weight);
    combine(said);
    PortableMath.softmax(said);
    for (int m = 0; m <= members; m++) {
      final int at = m * classes;
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += said[c] * logs[at + c];
      }
      slope[m] = share * (sum - logs[at + label]) + penalty() / memory * (w[m] - first[m]);
      mean[m] = 0.5 * (sum + logs[at + label]);
    }
    bend(label, share);
    if (factorize()) {
      solve();
      for (int m = 0; m <= members; m++) {
        w[m] -= slope[m];
      }
    }
  }

  private double penalty() {
    return late ? PENALTY_LATE : PENALTY;
  }

  /** Adds the covariance of the logs, classes drawn halfway between what was said and the label. */
  private void bend(final int label, final double share) {
    final double kept = 1 - 1 / memory;
    for (final double[] row : curvature) {
      for (int b = 0; b < row.length; b++) {
        row[b] *= kept;
      }
    }
    for (int c = 0; c < classes; c++) {
      final double chance = 0.5 * said[c] + (c == label ? 0.5 : 0);
      if (chance < HARDLY) {
        continue;
      }
      for (int m = 0; m <= members; m++) {
        far[m] = logs[m * classes + c] - mean[m];
      }
      for (int a = 0; a <= members; a++) {
        final double[] row = curvature[a];
        final double scaled = share * chance * far[a];
        for (int b = 0; b <= a; b++) {
          row[b] += scaled * far[b];
        }
      }
    }
  }

  /**
   * Cholesky's factor of the curvature with the penalty.
   *
   * @return false if rounding has made it no curvature at all
   */
  private boolean factorize() {
    for (int a = 0; a <= members; a++) {
      final double[] row = factor[a];
      System.arraycopy(curvature[a], 0, row, 0, a + 1);
      row[a] += penalty();
      for (int b = 0; b <= a; b++) {
        final double[] other = factor[b];
        double rest = row[b];
        for (int i = 0; i < b; i++) {
          rest -= row[i] * other[i];
        }
        if (b < a) {
          row[b] = rest / other[b];
        } else if (rest > 0) {
          row[a] = Math.sqrt(rest);
        } else {
          return false;
        }
      }
    }
    return true;
  }

  /** Turns the slope into the step. */
  private void solve() {
    for (int a = 0; a <= members; a++) {
      final double[] row = factor[a];
      double rest = slope[a];
      for (int b = 0; b < a; b++) {
        rest -= row[b] * slope[b];
      }
      slope[a] = rest / row[a];
    }
    for (int a = members; a >= 0; a--) {
      final double[] row = factor[a];
      slope[a] /= row[a];
      for (int b = 0; b < a; b++) {
        slope[b] -= row[b] * slope[a];
      }
    }
  }

  @Override
  public void learnAsked(
      final double[] kept, final int at, final double target, final double weight) {
    late = true;
    learn(target, weight);
  }

  @Override
  public void learnArrived(final double target, final double weight) {
    late = true;
    learn(target, weight);
  }

  @Override
  public long operations() {
    final long size = members + 1L;
    return classes * size * (size + 4) / 2 + size * size * size / 6 + size * size;
  }

  @Override
  public long sizeBytes() {
    final long size = members + 1L;
    return 160 + 8 * (size * (size + 1) + 5 * size + logs.length + said.length) + 48 * size;
  }

  @Override
  public void write(final ImageWriter out) {
    out.begin(ImageKind.COMBINER, KIND).putBoolean(late).putDoubles(w, w.length);
    for (final double[] row : curvature) {
      out.putDoubles(row, row.length);
    }
  }

  @Override
  public void read(final ImageReader in) {
    in.begin(ImageKind.COMBINER, KIND);
    late = in.getBoolean();
    in.getDoubles(w, 0, w.length);
    for (final double[] row : curvature) {
      in.getDoubles(row, 0, row.length);
    }
  }

  /** Its entry in the registry. */
  public static final class Kind extends CombinerKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "Logistic regression over the members' log probabilities and the link before: weights"
              + " that need not sum to 1.",
          List.of(new Option("memory", "1000", "Events that fade by e, 10 to 10^9.")),
          options -> {
            final double memory = options.real("memory", 10, 1e9);
            return (members, width, seed) -> new LogisticStack(members, width, memory);
          });
    }
  }
}
