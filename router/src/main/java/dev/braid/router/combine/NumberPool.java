package dev.braid.router.combine;

import dev.braid.data.Target;
import dev.braid.experts.PortableMath;
import dev.braid.spec.Option;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;
import java.util.List;

/**
 * The log-linear opinion pool of numbers: each member's number is the middle of a normal
 * distribution as wide as its errors of lately were, and the weighted sum of their logs has its
 * middle where this puts out (Genest and Zidek, "Combining probability distributions", Statistical
 * Science 1986, section 3). A member's weight falls exponentially with its log loss of lately above
 * that of the best; the loss is that of a Student's t distribution, so that a member is not
 * condemned for one outlier.
 */
final class NumberPool implements OpinionPool<NumberPool> {
  /** Events that the loss of lately is about, for those who have no reason to choose another. */
  static final double MEMORY = 500;

  /** Nats of loss above the best that divide the weight by e, between members close to another. */
  private static final double CLOSE = 0.02;

  private static final String KIND = "number-pool";

  /** Delays of labels that the loss of lately is about, at the least, where labels come late. */
  private static final double DELAYS = 2;

  /** Of a pool of members, see {@link #doubt}. */
  private static final double DOUBT = 5;

  /** A scale is at least this part of the largest one: a member that was never wrong yet. */
  private static final double SMALLEST = 1e-6;

  private final double tolerance;
  private final double doubt;
  private final double shortest;
  private double memory;
  private double tolerated;
  private final double[] loss;
  private final double[] weight;
  private final ErrorScale[] scales;

  /**
   * @param tolerance nats of loss above the best that divide a member's weight by e
   * @param memory events that the loss of lately is about
   * @param doubt tolerances by which it is greater where labels are known for one delay; of n
   *     delays, by the n-th part. What one stretch of the stream says of the members is hardly more
   *     than one event would, and nearly equal weights are better than weights that follow it
   */
  NumberPool(final int members, final double tolerance, final double memory, final double doubt) {
    this.tolerance = tolerance;
    this.doubt = doubt;
    tolerated = tolerance;
    shortest = memory;
    this.memory = memory;
    loss = new double[members];
    weight = new double[members];
    scales = new ErrorScale[members];
    Arrays.setAll(scales, m -> new ErrorScale(memory));
  }

  private static TwofoldPool<NumberPool> twofold(
      final int members, final double tolerance, final double memory) {
    return new TwofoldPool<>(
        KIND,
        members,
        1,
        new NumberPool(members, tolerance, memory, DOUBT),
        new NumberPool(members, tolerance, memory, DOUBT),
        new NumberPool(2, CLOSE, MEMORY, 0));
  }

  /** The least scale that a member is taken to have; 0 while nobody was ever wrong. */
  private double leastScale() {
    double largest = 0;
    for (final ErrorScale scale : scales) {
      largest = Math.max(largest, scale.value());
    }
    return largest * SMALLEST;
  }

  /** The numbers themselves. */
  @Override
  public void count(
      final double[] predictions, final int from, final int width, final double[] counted) {
    System.arraycopy(predictions, from, counted, 0, counted.length);
  }

  @Override
  public double[] weights() {
    double best = Double.POSITIVE_INFINITY;
    for (final double l : loss) {
      best = Math.min(best, l);
    }
    final double least = leastScale();
    double narrowest = Double.POSITIVE_INFINITY;
    for (final ErrorScale scale : scales) {
      narrowest = Math.min(narrowest, Math.max(least, scale.value()));
    }
    double sum = 0;
    for (int m = 0; m < loss.length; m++) {
      final double width = least == 0 ? 1 : narrowest / Math.max(least, scales[m].value());
      weight[m] = PortableMath.exp((best - loss[m]) / tolerated) * width * width;
      sum += weight[m];
    }
    for (int m = 0; m < loss.length; m++) {
      weight[m] /= sum;
    }
    return weight;
  }

  @Override
  public void combine(final double[] numbers, final double[] number) {
    final double[] w = weights();
    double sum = 0;
    for (int m = 0; m < w.length; m++) {
      sum += w[m] * numbers[m];
    }
    number[0] = sum;
  }

  @Override
  public void put(final double[] output, final double[] predictions, final int at) {
    predictions[at] = output[0];
  }

  @Override
  public void learn(final double[] numbers, final double target, final double eventWeight) {
    final double share = Math.min(memory, eventWeight);
    final double least = leastScale();
    double common = 0;
    for (int m = 0; m < loss.length; m++) {
      common += least > 0 ? PortableMath.log(Math.max(least, scales[m].value())) / loss.length : 0;
    }
    for (int m = 0; m < loss.length; m++) {
      final double error = numbers[m] - target;
      if (least > 0) {
        final double scale = Math.max(least, scales[m].value());
        loss[m] += share * (ErrorScale.loss(error, scale) - common - loss[m]) / memory;
      }
      scales[m].learn(error, share);
    }
  }

  @Override
  public void late(final double delay) {
    memory = Math.max(shortest, DELAYS * delay);
    for (final ErrorScale scale : scales) {
      scale.remember(memory);
    }
  }

  @Override
  public void doubt(final double known) {
    tolerated = tolerance * (1 + doubt / known);
  }

  @Override
  public void copy(final NumberPool other) {
    System.arraycopy(other.loss, 0, loss, 0, loss.length);
    for (int m = 0; m < loss.length; m++) {
      scales[m].copy(other.scales[m]);
    }
  }

  @Override
  public long sizeBytes() {
    return 64 + 64L * loss.length;
  }

  @Override
  public void write(final ImageWriter out) {
    for (int m = 0; m < loss.length; m++) {
      out.putDouble(loss[m]);
      scales[m].write(out);
    }
  }

  @Override
  public void read(final ImageReader in) {
    for (int m = 0; m < loss.length; m++) {
      loss[m] = in.getDouble();
      scales[m].read(in);
    }
  }

  /** Its entry in the registry. */
  public static final class Kind extends CombinerKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "The weighted mean of the members' numbers, by the log loss of their errors of lately.",
          List.of(
              new Option(
                  "tolerance",
                  "0.02",
                  "Nats of loss above the best that divide a member's weight by e, 0.0001 to 100."),
              new Option("memory", "200", "Events that the loss of lately is about, 1 to 10^9.")),
          options -> {
            final double tolerance = options.real("tolerance", 1e-4, 100);
            final double memory = options.real("memory", 1, 1e9);
            return (members, width, seed) -> twofold(members, tolerance, memory);
          });
    }

    @Override
    public boolean combines(final Target target) {
      return target instanceof Target.Quantity;
    }
  }
}
