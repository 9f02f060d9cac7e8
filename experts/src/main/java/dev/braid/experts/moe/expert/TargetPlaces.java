package dev.braid.experts.moe.expert;

import java.util.Arrays;

/**
 * A number as one of some classes, and back, so that a layer that ends in a softmax predicts
 * numbers as it is: each class stands for a place on the line of deviations. A target between two
 * places counts as one of them, drawn so that on the mean it is the target itself, and a prediction
 * is the mean of the places under the layer's probabilities (the two-hot loss of Farebrother et al.
 * 2024, "Stop Regressing: Training Value Functions via Classification for Scalable Deep RL",
 * section 3.1, which finds it to suit mixtures of experts; each row is learned several times, with
 * another draw each time).
 */
final class TargetPlaces {
  /** Places at each side of the mean. */
  private static final int SIDE = 16;

  /** Classes that a layer needs. */
  static final int COUNT = 2 * SIDE + 1;

  /** Where the outermost lie: numbers are no farther from their mean. */
  private static final double FARTHEST = 10;

  /** How much wider apart they lie outside: by a sixth of a deviation at the mean. */
  private static final double BEND = 0.2;

  private static final double[] PLACES = new double[COUNT];

  static {
    for (int k = -SIDE; k <= SIDE; k++) {
      PLACES[k + SIDE] = FARTHEST * StrictMath.sinh(BEND * k) / StrictMath.sinh(BEND * SIDE);
    }
  }

  private TargetPlaces() {}

  /**
   * The class that a number counts as.
   *
   * @param deviations any finite number
   * @param draw 0 to below 1
   */
  static int classOf(final double deviations, final double draw) {
    final int found = Arrays.binarySearch(PLACES, deviations);
    if (found >= 0) {
      return found;
    }
    final int above = -1 - found;
    if (above == 0 || above == COUNT) {
      return Math.min(above, COUNT - 1);
    }
    final double low = PLACES[above - 1];
    return draw < (deviations - low) / (PLACES[above] - low) ? above : above - 1;
  }

  /**
   * The number that a layer predicts.
   *
   * @param probabilities of the classes, at least 0; if they are all 0, nothing is known
   */
  static double mean(final float[] probabilities) {
    double sum = 0;
    double all = 0;
    for (int c = 0; c < COUNT; c++) {
      sum += probabilities[c] * PLACES[c];
      all += probabilities[c];
    }
    return all > 0 ? sum / all : 0;
  }
}
