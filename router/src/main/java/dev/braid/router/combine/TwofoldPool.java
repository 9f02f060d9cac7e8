package dev.braid.router.combine;

import dev.braid.experts.PortableMath;
import dev.braid.spec.Option;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;

/**
 * The combiner {@code log-opinion-pool}, fit for labels that come late. A member can be weighed by
 * what it predicted when it was asked, which is honest about how fast its knowledge ages, or by
 * what it predicts when the label arrives, which is news from a whole delay later and follows a
 * drift that much sooner. Which is better depends on the stream, so there is a pool of each sort,
 * and a third one between the two, by what either was worth lately. Until a label comes late there
 * is but the first.
 *
 * <p>Layout of its image: losses by what was asked, whether a label came late, losses by what
 * arrived, losses of the two.
 */
final class TwofoldPool implements Combiner {
  private static final String KIND = "log-opinion-pool";

  /** Nats of loss above the best that divide the weight by e, between pools close to each other. */
  static final double CLOSE = 0.02;

  private final int members;
  private final LogOpinionPool asked;
  private final LogOpinionPool arrived;
  private final LogOpinionPool between = new LogOpinionPool(2, CLOSE, LogOpinionPool.MEMORY);
  private boolean late;

  // Scratch of one event.
  private double[] logs;
  private double[] bothLogs;
  private double[] askedLogits;
  private double[] arrivedLogits;

  TwofoldPool(final int members, final int classes, final double tolerance, final double memory) {
    this.members = members;
    asked = new LogOpinionPool(members, tolerance, memory);
    arrived = new LogOpinionPool(members, tolerance, memory);
    grow(classes);
  }

  @Override
  public void grow(final int classes) {
    logs = new double[members * classes];
    bothLogs = new double[2 * classes];
    askedLogits = new double[classes];
    arrivedLogits = new double[classes];
  }

  @Override
  public int keptRows() {
    return 2;
  }

  @Override
  public double[] weights() {
    final double[] weights = asked.weights();
    if (late) {
      final double[] other = arrived.weights();
      final double[] share = between.weights();
      for (int m = 0; m < weights.length; m++) {
        weights[m] = share[0] * weights[m] + share[1] * other[m];
      }
    }
    return weights;
  }

  @Override
  public void take(final double[] predictions, final double[] before) {
    LogOpinionPool.logs(predictions, 0, askedLogits.length, logs);
  }

  @Override
  public void combine(final double[] logits) {
    asked.combine(logs, askedLogits);
    System.arraycopy(askedLogits, 0, logits, 0, logits.length);
    if (late) {
      arrived.combine(logs, arrivedLogits);
      final double[] share = between.weights();
      for (int c = 0; c < logits.length; c++) {
        logits[c] = share[0] * askedLogits[c] + share[1] * arrivedLogits[c];
      }
    }
  }

  /** Probabilities by either pool. */
  @Override
  public void keep(final double[] rows, final int at) {
    final int classes = askedLogits.length;
    PortableMath.softmax(askedLogits, rows, at);
    if (late) {
      PortableMath.softmax(arrivedLogits, rows, at + classes);
    } else {
      System.arraycopy(rows, at, rows, at + classes, classes);
    }
  }

  @Override
  public void learn(final double target, final double weight) {
    asked.learn(logs, (int) target, weight);
    if (late) {
      arrived.learn(logs, (int) target, weight);
    }
  }

  @Override
  public void learnAsked(
      final double[] kept, final int at, final double target, final double weight) {
    if (!late) {
      late = true;
      arrived.copy(asked);
    }
    asked.learn(logs, (int) target, weight);
    LogOpinionPool.logs(kept, at, askedLogits.length, bothLogs);
    between.learn(bothLogs, (int) target, weight);
  }

  @Override
  public void learnArrived(final double target, final double weight) {
    arrived.learn(logs, (int) target, weight);
  }

  @Override
  public long sizeBytes() {
    return asked.sizeBytes()
        + arrived.sizeBytes()
        + between.sizeBytes()
        + 8L * (logs.length + bothLogs.length + 2L * askedLogits.length)
        + 128;
  }

  @Override
  public void write(final ImageWriter out) {
    asked.write(out.begin(ImageKind.COMBINER, KIND));
    out.putBoolean(late);
    arrived.write(out);
    between.write(out);
  }

  @Override
  public void read(final ImageReader in) {
    in.begin(ImageKind.COMBINER, KIND);
    asked.read(in);
    late = in.getBoolean();
    arrived.read(in);
    between.read(in);
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
                  "Nats of loss above the best that divide a member's weight by e, 0.0001 to 100."),
              new Option("memory", "500", "Events that the loss of lately is about, 1 to 10^9.")),
          (options, members, width, seed) ->
              new TwofoldPool(
                  members,
                  width,
                  options.real("tolerance", 1e-4, 100),
                  options.real("memory", 1, 1e9)));
    }
  }
}
