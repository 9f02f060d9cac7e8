package dev.braid.router.tame;

import dev.braid.data.Target;
import dev.braid.data.TargetState;
import dev.braid.experts.PortableMath;
import dev.braid.experts.Probabilities;

/** What tells tasks apart, by the sort of target: what predictions lose, and how far they agree. */
interface TaskLoss extends TargetState {

  /** The one for a target. */
  static TaskLoss of(final Target target) {
    return target instanceof Target.Quantity ? new OfNumbers() : new OfClasses();
  }

  /** What a prediction loses; finite. */
  double of(double[] prediction, double target);

  /** What who knows nothing loses on the mean. */
  double ofGuess(int width);

  /** How fast a mixture's loss rises with the share of one of two predictions. */
  double slope(double share, double[] other, double[] shared, double target);

  /** A prediction as {@link #agreement} compares it. */
  double answer(double[] prediction);

  /** How far two experts say the same beyond chance, 1 where they always do. */
  double agreement(double[] a, double[] b, int width);

  /** Takes in a target. */
  default void learn(final double target) {}

  /** Log loss, and Cohen's kappa. */
  final class OfClasses implements TaskLoss {
    /** Share of each probability that is spread evenly: bounds the loss of one event. */
    private static final double DOUBT = 0.01;

    @Override
    public double of(final double[] prediction, final double target) {
      return -PortableMath.log(prediction[(int) target] * (1 - DOUBT) + DOUBT / prediction.length);
    }

    @Override
    public double ofGuess(final int width) {
      return PortableMath.log(width);
    }

    @Override
    public double slope(
        final double share, final double[] other, final double[] shared, final double target) {
      final double one = other[(int) target];
      final double two = shared[(int) target];
      return (one - two) / Math.max(1e-3, (1 - share) * one + share * two);
    }

    @Override
    public double answer(final double[] prediction) {
      return Probabilities.argMax(prediction);
    }

    /** 1 where both always say one and the same class. */
    @Override
    public double agreement(final double[] a, final double[] b, final int width) {
      final int[] countA = new int[width];
      final int[] countB = new int[width];
      int agreed = 0;
      for (int r = 0; r < a.length; r++) {
        countA[(int) a[r]]++;
        countB[(int) b[r]]++;
        agreed += a[r] == b[r] ? 1 : 0;
      }
      double chance = 0;
      for (int c = 0; c < width; c++) {
        chance += (double) countA[c] / a.length * countB[c] / a.length;
      }
      return chance >= 1 ? 1 : ((double) agreed / a.length - chance) / (1 - chance);
    }
  }

  /**
   * Squared error in deviations of the target, of which the mean loses 1, and the concordance
   * correlation coefficient, which is kappa's counterpart for numbers (Lin, "A Concordance
   * Correlation Coefficient to Evaluate Reproducibility", Biometrics 1989).
   */
  final class OfNumbers extends TargetState.OfNumbers implements TaskLoss {
    @Override
    public double of(final double[] prediction, final double target) {
      final double error = scale.error(prediction[0], target);
      return error * error;
    }

    @Override
    public double ofGuess(final int width) {
      return 1;
    }

    @Override
    public double slope(
        final double share, final double[] other, final double[] shared, final double target) {
      final double mixed = (1 - share) * other[0] + share * shared[0];
      return 2 * scale.error(mixed, target) * scale.error(shared[0], other[0]);
    }

    @Override
    public double answer(final double[] prediction) {
      return scale.standardise(prediction[0]);
    }

    @Override
    public double agreement(final double[] a, final double[] b, final int width) {
      double meanA = 0;
      double meanB = 0;
      for (int r = 0; r < a.length; r++) {
        meanA += a[r] / a.length;
        meanB += b[r] / a.length;
      }
      double together = 0;
      double spread = a.length * (meanA - meanB) * (meanA - meanB);
      for (int r = 0; r < a.length; r++) {
        together += 2 * (a[r] - meanA) * (b[r] - meanB);
        spread += (a[r] - meanA) * (a[r] - meanA) + (b[r] - meanB) * (b[r] - meanB);
      }
      return spread > 0 ? together / spread : 1;
    }

    @Override
    public void learn(final double target) {
      scale.learn(target);
    }
  }
}
