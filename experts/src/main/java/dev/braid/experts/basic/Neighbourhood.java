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

  /** The classes' shares of the neighbours. */
  final class Shares implements Neighbourhood {
    /** What each class has before the neighbours vote, in neighbours. */
    private static final double PRIOR = 0.05;

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
      Arrays.fill(prediction, PRIOR);
      double sum = PRIOR * prediction.length;
      // The farthest neighbour weighs a half, one at distance 0 a whole.
      final double scale = found == 0 ? 1 : 1 / Math.max(distance[found - 1], Float.MIN_NORMAL);
      for (int n = 0; n < found; n++) {
        final double share = weight[n] / (1 + distance[n] * scale);
        prediction[(int) target[n]] += share;
        sum += share;
      }
      for (int c = 0; c < prediction.length; c++) {
        prediction[c] /= sum;
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
      final double unit = found == 0 ? 1 : 1 / Math.max(distance[found - 1], Float.MIN_NORMAL);
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
