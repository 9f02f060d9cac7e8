package dev.braid.experts.boost;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.data.TargetState;
import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;

/** What the trees' scores mean and what they lose, by the sort of target. */
interface BoostLoss extends TargetState {

  /** The one for a schema's target. */
  static BoostLoss of(final Schema schema) {
    return schema.target() instanceof Target.Quantity
        ? new OfNumbers()
        : new OfClasses(schema.target().width());
  }

  /** Takes a schema that has grown. */
  default void grow(final Schema schema) {}

  /**
   * Learns of a target.
   *
   * @return whether the targets before were absurd, so that what was learned of them is worth
   *     nothing
   */
  default boolean learn(final double target) {
    return false;
  }

  /** A target as the window holds it. */
  float taken(double target);

  /**
   * Checks the first {@code size} of targets that were read.
   *
   * @throws dev.braid.state.image.MalformedImageException if {@link #taken} cannot have given one
   *     of them
   */
  void check(float[] targets, int size);

  /**
   * How wrong scores are of a target, 0 to 1.
   *
   * @param target as {@link #taken} gave it
   */
  double error(float[] scores, float target);

  /** Turns scores into a prediction. */
  void answer(float[] scores, double[] prediction);

  /**
   * Finds what the derivatives of an event's loss are made of, one number for each score.
   *
   * @param scores those from {@code from} on
   * @param target as {@link #taken} gave it
   * @param parts gets them from {@code to} on
   */
  void derive(float[] scores, int from, float target, float[] parts, int to);

  /** The first derivative of the loss by score {@code c}, of its part. */
  float slope(float part, int c, float target);

  /** The second derivative of the loss by a score, of its part, times {@code factor}. */
  float bend(float factor, float part);

  /**
   * What second derivatives are multiplied with where a leaf gets its value: scores that move
   * together have a steeper loss than each alone.
   */
  float bound();

  /** Log loss of the softmax of the scores. */
  final class OfClasses implements BoostLoss {
    private double[] logits;

    OfClasses(final int classes) {
      logits = new double[classes];
    }

    @Override
    public void grow(final Schema schema) {
      logits = new double[schema.target().width()];
    }

    @Override
    public float taken(final double target) {
      return (int) target;
    }

    @Override
    public void check(final float[] targets, final int size) {
      for (int i = 0; i < size; i++) {
        ImageReader.checked(targets[i], 0, logits.length - 1.0, "label");
      }
    }

    @Override
    public double error(final float[] scores, final float target) {
      int best = 0;
      for (int c = 1; c < scores.length; c++) {
        best = scores[c] > scores[best] ? c : best;
      }
      return best == (int) target ? 0 : 1;
    }

    @Override
    public void answer(final float[] scores, final double[] prediction) {
      for (int c = 0; c < logits.length; c++) {
        logits[c] = scores[c];
      }
      PortableMath.softmax(logits, prediction, 0);
    }

    @Override
    public void derive(
        final float[] scores,
        final int from,
        final float target,
        final float[] parts,
        final int to) {
      for (int c = 0; c < logits.length; c++) {
        logits[c] = scores[from + c];
      }
      PortableMath.softmax(logits);
      for (int c = 0; c < logits.length; c++) {
        parts[to + c] = (float) logits[c];
      }
    }

    @Override
    public float slope(final float part, final int c, final float target) {
      return c == (int) target ? part - 1 : part;
    }

    @Override
    public float bend(final float factor, final float part) {
      return factor * part * (1 - part);
    }

    @Override
    public float bound() {
      return 2;
    }
  }

  /**
   * The score is the number in deviations from its mean, the loss half the squared error, of which
   * a part counts no more (Huber, "Robust Estimation of a Location Parameter", 1964).
   */
  final class OfNumbers extends TargetState.OfNumbers implements BoostLoss {
    /** Deviations beyond which an error counts no more. */
    private static final float FARTHEST = 3;

    @Override
    public boolean learn(final double target) {
      return scale.learn(target);
    }

    @Override
    public float taken(final double target) {
      return (float) scale.standardise(target);
    }

    @Override
    public void check(final float[] targets, final int size) {
      for (int i = 0; i < size; i++) {
        ImageReader.checked(targets[i], -Float.MAX_VALUE, Float.MAX_VALUE, "target in the window");
      }
    }

    @Override
    public double error(final float[] scores, final float target) {
      return Math.min(FARTHEST, Math.abs(scores[0] - target)) / FARTHEST;
    }

    @Override
    public void answer(final float[] scores, final double[] prediction) {
      prediction[0] = scale.count() == 0 ? 0 : scale.restore(scores[0]);
    }

    @Override
    public void derive(
        final float[] scores,
        final int from,
        final float target,
        final float[] parts,
        final int to) {
      parts[to] = Math.max(-FARTHEST, Math.min(FARTHEST, scores[from] - target));
    }

    @Override
    public float slope(final float part, final int c, final float target) {
      return part;
    }

    @Override
    public float bend(final float factor, final float part) {
      return factor;
    }

    @Override
    public float bound() {
      return 1;
    }
  }
}
