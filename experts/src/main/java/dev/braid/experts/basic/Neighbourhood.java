package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.data.TargetState;
import java.util.Arrays;

/** What the nearest neighbours of an event say of its target, by the sort of target. */
interface Neighbourhood extends TargetState {

  /** The one for a schema's target. */
  static Neighbourhood of(final Schema schema) {
    return schema.target() instanceof Target.Quantity ? new Mean() : new Shares();
  }

  /** The target as the window shall keep it. */
  double taken(double target);

  /**
   * What the neighbours say.
   *
   * @param found how many there are, the first of each array
   * @param distance squared, in ascending order
   * @param target as {@link #taken} gave it
   * @param weight how often each counts
   */
  void answer(int found, float[] distance, double[] target, float[] weight, double[] prediction);

  /** What makes a squared distance one relative to that of the farthest neighbour. */
  private static double perFarthest(final int found, final float[] distance) {
    return found == 0 ? 1 : 1 / Math.max(distance[found - 1], Float.MIN_NORMAL);
  }

  /**
   * The classes' shares of the neighbours. Near ones count far more, as in Dudani's
   * distance-weighted rule (IEEE Transactions on Systems, Man, and Cybernetics 6, 1976), by the
   * inverse of the distance to a high power (Shepard 1968). How sure they are follows from how many
   * of equal weight would say as much (Kish's effective sample size): one near neighbour alone is
   * one voice, however near.
   */
  final class Shares implements Neighbourhood {
    /** Voices that all classes together have before the neighbours vote. */
    private static final double PRIOR = 1;

    /** Added to squared distances relative to the farthest neighbour's. */
    private static final double NEAREST = 0.05;

    @Override
    public double taken(final double target) {
      return target;
    }

    @Override
    public void answer(
        final int found,
        final float[] distance,
        final double[] target,
        final float[] weight,
        final double[] prediction) {
      Arrays.fill(prediction, 0);
      final double unit = perFarthest(found, distance);
      double sum = 0;
      double squares = 0;
      for (int n = 0; n < found; n++) {
        final double near = (1 + NEAREST) / (NEAREST + distance[n] * unit);
        final double share = weight[n] * (near * near) * (near * near);
        prediction[(int) target[n]] += share;
        sum += share;
        squares += share * share;
      }
      final double voices = sum > 0 ? sum * sum / squares : 0;
      final double each = sum > 0 ? voices / sum : 0;
      final double prior = PRIOR / prediction.length;
      for (int c = 0; c < prediction.length; c++) {
        prediction[c] = (prediction[c] * each + prior) / (voices + PRIOR);
      }
    }
  }

  /** The mean of the neighbours' numbers. */
  final class Mean extends TargetState.OfNumbers implements Neighbourhood {
    /** Added to distances relative to the farthest neighbour's: one alone does not say all. */
    private static final double NEAREST = 0.05;

    @Override
    public double taken(final double target) {
      scale.learn(target);
      return scale.clip(target);
    }

    @Override
    public void answer(
        final int found,
        final float[] distance,
        final double[] target,
        final float[] weight,
        final double[] prediction) {
      final double unit = perFarthest(found, distance);
      double sum = 0;
      double mean = 0;
      for (int n = 0; n < found; n++) {
        final double share = weight[n] / (NEAREST + Math.sqrt(distance[n] * unit));
        sum += share;
        mean += (target[n] - mean) * (share / sum);
      }
      prediction[0] = scale.limit(mean);
    }
  }
}
