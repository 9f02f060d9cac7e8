package dev.braid.router.combine;

import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * The experts' vote, fit for labels that come late. An expert can be weighed by what it said when
 * it was asked, which is honest about how fast its knowledge ages, or by what it says when the
 * label arrives, which is news from a whole delay later and follows a drift that much sooner. Which
 * is better depends on the stream, so both votes are cast and a third one is between them, by what
 * either was worth lately. Until a label comes late there is but the first.
 */
public final class TwofoldVote {
  /** Nats of faded loss above the best that divide an expert's weight by e. */
  private static final double TOLERANCE = 0.1;

  /** The same between votes, which are close to each other. */
  public static final double VOTES_TOLERANCE = 0.02;

  private final LogVote asked;
  private final LogVote arrived;
  private final LogVote between = new LogVote(2, VOTES_TOLERANCE);
  private boolean late;

  // Scratch of one event.
  private final double[][] logs;
  private final double[][] bothLogs;
  private final double[] askedLogits;
  private final double[] arrivedLogits;

  public TwofoldVote(final int experts, final int classes) {
    asked = new LogVote(experts, TOLERANCE);
    arrived = new LogVote(experts, TOLERANCE);
    logs = new double[experts][classes];
    bothLogs = new double[2][classes];
    askedLogits = new double[classes];
    arrivedLogits = new double[classes];
  }

  /** The same vote over more classes. */
  public TwofoldVote grown(final int classes) {
    final TwofoldVote larger = new TwofoldVote(logs.length, classes);
    larger.asked.copy(asked);
    larger.arrived.copy(arrived);
    larger.between.copy(between);
    larger.late = late;
    return larger;
  }

  /** One weight per expert, sums to 1; valid until the next call. */
  public double[] weights() {
    final double[] weights = asked.weights();
    if (late) {
      final double[] other = arrived.weights();
      final double[] share = between.weights();
      for (int e = 0; e < weights.length; e++) {
        weights[e] = share[0] * weights[e] + share[1] * other[e];
      }
    }
    return weights;
  }

  /**
   * Casts the vote.
   *
   * @param opinions the experts' probabilities, shape [experts or more, classes]
   * @param logits receives one value per class
   */
  public void vote(final double[][] opinions, final double[] logits) {
    LogVote.logs(opinions, logs);
    asked.vote(logs, askedLogits);
    System.arraycopy(askedLogits, 0, logits, 0, logits.length);
    if (late) {
      arrived.vote(logs, arrivedLogits);
      final double[] share = between.weights();
      for (int c = 0; c < logits.length; c++) {
        logits[c] = share[0] * askedLogits[c] + share[1] * arrivedLogits[c];
      }
    }
  }

  /**
   * What each of the two votes says, where {@link #vote} gave what they say together.
   *
   * @param both receives probabilities, shape [2, classes]
   */
  public void apart(final double[][] both) {
    System.arraycopy(askedLogits, 0, both[0], 0, askedLogits.length);
    PortableMath.softmax(both[0]);
    if (late) {
      System.arraycopy(arrivedLogits, 0, both[1], 0, arrivedLogits.length);
      PortableMath.softmax(both[1]);
    } else {
      System.arraycopy(both[0], 0, both[1], 0, both[0].length);
    }
  }

  /** Takes in what the label says of the opinions that {@link #vote} was cast on last. */
  public void learn(final int label) {
    asked.learn(logs, label);
    if (late) {
      arrived.learn(logs, label);
    }
  }

  /**
   * Takes in a label that came late, for the opinions that {@link #vote} was cast on last.
   *
   * @param both by {@link #apart} when the experts were asked
   */
  public void learnLate(final double[][] both, final int label) {
    if (!late) {
      late = true;
      arrived.copy(asked);
    }
    asked.learn(logs, label);
    LogVote.logs(both, bothLogs);
    between.learn(bothLogs, label);
  }

  /**
   * Takes in what the experts say now that the late label is there: the opinions that {@link #vote}
   * was cast on last.
   */
  public void learnArrived(final int label) {
    arrived.learn(logs, label);
  }

  public void write(final ImageWriter out) {
    asked.write(out);
    out.putBoolean(late);
    arrived.write(out);
    between.write(out);
  }

  /** Reads what {@link #write} wrote. */
  public void read(final ImageReader in) {
    asked.read(in);
    late = in.getBoolean();
    arrived.read(in);
    between.read(in);
  }
}
