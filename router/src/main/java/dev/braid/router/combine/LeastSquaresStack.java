package dev.braid.router.combine;

import dev.braid.data.Target;
import dev.braid.spec.Option;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;
import java.util.List;

/**
 * The combiner {@code least-squares-stack} (stacked regressions: Breiman, Machine Learning 1996):
 * corrects the number of the link before, or else the members' median, by a linear function of how
 * far each member's number lies from it, by recursive least squares with forgetting (Haykin,
 * "Adaptive Filter Theory", chapter on the RLS algorithm). Begins as no correction at all.
 *
 * <p>All is measured in units of the usual error of the link before, so that targets may be of any
 * size and change it; an error beyond some such units counts as if it lay there. The correction
 * keeps near what the members say.
 *
 * <p>Of a label that came late it learns twice, as {@link StackingNet} does.
 *
 * <p>Layout of its image: scale, weights, the covariance row by row.
 */
final class LeastSquaresStack implements Combiner {
  private static final String KIND = "least-squares-stack";

  /** Usual errors by which a member may differ from the link before, and be heard. */
  private static final double FARTHEST = 20;

  /** Usual errors at which an error counts no more. */
  private static final double OUTLIER = 6;

  /** Variance of a weight before anything is learned. */
  private static final double PRIOR = 0.1;

  /** Mean variance of a weight at which the covariance begins anew: it would explode. */
  private static final double WINDUP = 1e4;

  private final int members;
  private final double forgetting;
  private final ErrorScale scale = new ErrorScale(NumberPool.MEMORY);
  private final double[] w;
  private final double[][] p;

  // Scratch of one event.
  private final double[] input;
  private final double[] gain;
  private final double[] sorted;
  private double[] predictions;
  private double base;
  private double unit;

  LeastSquaresStack(final int members, final double memory) {
    this.members = members;
    forgetting = 1 - 1 / memory;
    w = new double[members + 1];
    p = new double[members + 1][members + 1];
    input = new double[members + 1];
    gain = new double[members + 1];
    sorted = new double[members];
    restart();
  }

  private void restart() {
    for (int a = 0; a <= members; a++) {
      Arrays.fill(p[a], 0);
      p[a][a] = PRIOR;
    }
  }

  @Override
  public void grow(final int width) {}

  @Override
  public void take(final double[] ofMembers, final double[] before) {
    predictions = ofMembers;
    base = before == null ? median() : before[0];
    unit = scale.value();
    for (int m = 0; m < members; m++) {
      final double far = unit > 0 ? (predictions[m] - base) / unit : 0;
      input[m] = Math.max(-FARTHEST, Math.min(FARTHEST, far));
    }
    input[members] = 1;
  }

  private double median() {
    for (int m = 0; m < members; m++) {
      int at = m;
      for (; at > 0 && sorted[at - 1] > predictions[m]; at--) {
        sorted[at] = sorted[at - 1];
      }
      sorted[at] = predictions[m];
    }
    return members == 0 ? 0 : sorted[members / 2];
  }

  @Override
  public void combine(final double[] number) {
    double lowest = 0;
    double highest = 0;
    for (int m = 0; m < members; m++) {
      lowest = Math.min(lowest, input[m]);
      highest = Math.max(highest, input[m]);
    }
    final double room = highest - lowest + 1;
    final double limited = Math.max(lowest - room, Math.min(highest + room, correction()));
    number[0] = base + unit * limited;
  }

  private double correction() {
    double sum = 0;
    for (int a = 0; a <= members; a++) {
      sum += w[a] * input[a];
    }
    return sum;
  }

  @Override
  public void learn(final double target, final double weight) {
    if (unit > 0) {
      final double error = (target - base) / unit - correction();
      step(Math.max(-OUTLIER, Math.min(OUTLIER, error)), weight);
    }
    scale.learn(target - base, weight);
  }

  /**
   * Source of the names: Haykin. An event that counts n times is one of the n-fold precision. The
   * covariance stays symmetric to the last bit: no event would ever correct a difference between
   * its halves, which forgetting makes grow.
   */
  private void step(final double error, final double weight) {
    double power = forgetting / weight;
    for (int a = 0; a <= members; a++) {
      final double[] row = p[a];
      double sum = 0;
      for (int b = 0; b <= members; b++) {
        sum += row[b] * input[b];
      }
      gain[a] = sum;
      power += input[a] * sum;
    }
    final double root = Math.sqrt(power);
    for (int a = 0; a <= members; a++) {
      w[a] += gain[a] / power * error;
      gain[a] /= root;
    }
    double trace = 0;
    for (int a = 0; a <= members; a++) {
      final double[] row = p[a];
      for (int b = 0; b <= members; b++) {
        row[b] = (row[b] - gain[a] * gain[b]) / forgetting;
      }
      trace += row[a];
    }
    if (!(trace < WINDUP * (members + 1))) {
      restart();
    }
  }

  @Override
  public void learnAsked(
      final double[] kept, final int at, final double target, final double weight) {
    learn(target, weight);
  }

  @Override
  public void learnArrived(final double target, final double weight) {
    learn(target, weight);
  }

  @Override
  public long sizeBytes() {
    return 192 + 8L * (members + 1) * (members + 6);
  }

  @Override
  public void write(final ImageWriter out) {
    scale.write(out.begin(ImageKind.COMBINER, KIND));
    out.putDoubles(w, w.length);
    for (final double[] row : p) {
      out.putDoubles(row, row.length);
    }
  }

  @Override
  public void read(final ImageReader in) {
    in.begin(ImageKind.COMBINER, KIND);
    scale.read(in);
    in.getDoubles(w, 0, w.length);
    for (final double[] row : p) {
      in.getDoubles(row, 0, row.length);
    }
  }

  /** Its entry in the registry. */
  public static final class Kind extends CombinerKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "Recursive least squares over the members' numbers, which corrects the link before.",
          List.of(new Option("memory", "2000", "Events that fade by e, 10 to 10^9.")),
          options -> {
            final double memory = options.real("memory", 10, 1e9);
            return (members, width, seed) -> new LeastSquaresStack(members, memory);
          });
    }

    @Override
    public boolean combines(final Target target) {
      return target instanceof Target.Quantity;
    }
  }
}
