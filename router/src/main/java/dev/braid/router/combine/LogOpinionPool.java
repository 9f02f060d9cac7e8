package dev.braid.router.combine;

import dev.braid.experts.PortableMath;
import dev.braid.spec.Option;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.List;

/**
 * A log-linear opinion pool: the weighted sum of the members' log probabilities (Genest and Zidek,
 * "Combining probability distributions", Statistical Science 1986, section 3). A member's weight
 * falls exponentially with its log loss of lately above that of the best, as in exponentially
 * weighted forecasting, so that the pool follows a drift within some hundred events.
 */
final class LogOpinionPool implements OpinionPool<LogOpinionPool> {
  /** Events that the loss of lately is about, for those who have no reason to choose another. */
  static final double MEMORY = 500;

  /** Nats of loss above the best that divide the weight by e, between pools close to each other. */
  static final double CLOSE = 0.02;

  private static final String KIND = "log-opinion-pool";

  /** Share of each probability that is spread evenly: bounds what one certain member can do. */
  private static final double DOUBT = 0.01;

  /**
   * What the tolerance is multiplied with once a label came late: who was best for the events whose
   * labels are known need not be best any more.
   */
  private static final double LATE = 4;

  private double tolerance;
  private final double memory;
  private final double[] loss;
  private final double[] weight;

  /** Who said nothing of the event combined last. */
  private final boolean[] silent;

  /** Whether the weights are those of the losses of now. */
  private boolean current;

  /**
   * @param tolerance nats of loss above the best that divide a member's weight by e
   * @param memory events that the loss of lately is about
   */
  LogOpinionPool(final int members, final double tolerance, final double memory) {
    this.tolerance = tolerance;
    this.memory = memory;
    loss = new double[members];
    weight = new double[members];
    silent = new boolean[members];
  }

  static TwofoldPool<LogOpinionPool> twofold(
      final int members, final int classes, final double tolerance, final double memory) {
    return new TwofoldPool<>(
        KIND,
        members,
        classes,
        new LogOpinionPool(members, tolerance, memory),
        new LogOpinionPool(members, tolerance, memory),
        new LogOpinionPool(2, CLOSE, MEMORY));
  }

  /** Log probabilities; NaN of members that say nothing. */
  @Override
  public void count(
      final double[] predictions, final int from, final int width, final double[] counted) {
    for (int i = 0; i < counted.length; i++) {
      final double probability = predictions[from + i];
      counted[i] =
          Double.isNaN(probability)
              ? Double.NaN
              : PortableMath.log(probability * (1 - DOUBT) + DOUBT / width);
    }
  }

  @Override
  public double[] weights() {
    if (current) {
      return weight;
    }
    current = true;
    double best = Double.POSITIVE_INFINITY;
    for (int m = 0; m < loss.length; m++) {
      best = silent[m] ? best : Math.min(best, loss[m]);
    }
    double sum = 0;
    for (int m = 0; m < loss.length; m++) {
      weight[m] = silent[m] ? 0 : PortableMath.exp((best - loss[m]) / tolerance);
      sum += weight[m];
    }
    for (int m = 0; m < loss.length; m++) {
      weight[m] /= sum;
    }
    return weight;
  }

  @Override
  public void combine(final double[] logs, final double[] logits) {
    for (int m = 0; m < loss.length; m++) {
      final boolean says = logits.length == 0 || !Double.isNaN(logs[m * logits.length]);
      current &= silent[m] != says;
      silent[m] = !says;
    }
    final double[] w = weights();
    Arrays.fill(logits, 0);
    for (int m = 0; m < loss.length; m++) {
      if (silent[m]) {
        continue;
      }
      for (int c = 0; c < logits.length; c++) {
        logits[c] += w[m] * logs[m * logits.length + c];
      }
    }
  }

  @Override
  public void put(final double[] output, final double[] predictions, final int at) {
    PortableMath.softmax(output, predictions, at);
  }

  @Override
  public void learn(final double[] logs, final double target, final double eventWeight) {
    final int label = (int) target;
    final int classes = loss.length == 0 ? 0 : logs.length / loss.length;
    final double share = Math.min(memory, eventWeight);
    current = false;
    for (int m = 0; m < loss.length; m++) {
      final double log = logs[m * classes + label];
      if (!Double.isNaN(log)) {
        loss[m] += share * (-log - loss[m]) / memory;
      }
    }
  }

  @Override
  public void becomeLate() {
    tolerance *= LATE;
    current = false;
  }

  @Override
  public void copy(final LogOpinionPool other) {
    System.arraycopy(other.loss, 0, loss, 0, loss.length);
    current = false;
  }

  @Override
  public long sizeBytes() {
    return 48 + 16L * loss.length;
  }

  @Override
  public void write(final ImageWriter out) {
    out.putDoubles(loss, loss.length);
  }

  @Override
  public void read(final ImageReader in) {
    final double[] losses = in.getDoubles();
    if (losses.length != loss.length) {
      throw new MalformedImageException(
          "losses of " + losses.length + " members instead of " + loss.length);
    }
    System.arraycopy(losses, 0, loss, 0, loss.length);
    current = false;
  }

  /** Its entry in the registry. */
  public static final class Kind extends CombinerKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "The weighted sum of the members' log probabilities, by their log loss of lately.",
          List.of(
              new Option(
                  "tolerance",
                  "0.1",
                  "Nats of loss above the best that divide a member's weight by e, 0.0001 to 100;"
                      + " four times as many once a label came late."),
              new Option("memory", "500", "Events that the loss of lately is about, 1 to 10^9.")),
          options -> {
            final double tolerance = options.real("tolerance", 1e-4, 100);
            final double memory = options.real("memory", 1, 1e9);
            return (members, width, seed) -> twofold(members, width, tolerance, memory);
          });
    }
  }
}
