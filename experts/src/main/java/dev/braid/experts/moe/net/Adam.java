package dev.braid.experts.moe.net;

import java.util.Arrays;

/**
 * Adam (Kingma and Ba 2015, algorithm 1). Its bias corrections are folded into two factors per
 * step, in one of two ways that differ by rounding: for rows of a network as the algorithm has
 * them, for whole arrays as the last paragraph of its section 2 does, which the kernels of a device
 * follow.
 *
 * @param learningRate step size, greater than 0
 */
public record Adam(float learningRate) {
  public static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float ROW_EPSILON = 1e-8f;
  private static final double EPSILON = 1e-8;

  /**
   * Added and taken away again, this turns a moment that has decayed towards denormal numbers into
   * 0 and leaves every other one as it is: arithmetic with denormals is many times slower.
   */
  public static final float FLUSH = 1e-20f;

  /** Of each step 1 - beta^step, so long as that is not 1: StrictMath.pow makes objects. */
  private static final double[] LEFT1 = left(BETA1, 400);

  private static final double[] LEFT2 = left(BETA2, 40_000);

  private static double[] left(final float beta, final int steps) {
    final double[] left = new double[steps];
    Arrays.setAll(left, step -> 1 - StrictMath.pow(beta, step));
    return left;
  }

  private static double left(final double[] table, final long step) {
    return step < table.length ? table[(int) step] : 1;
  }

  /** With the step size rounded to 32 bits. */
  public static Adam withLearningRate(final double learningRate) {
    return new Adam((float) learningRate);
  }

  /** Size of the step number {@code step}, 1 or more, that the first moment is multiplied with. */
  float rowRate(final long step) {
    return (float) (learningRate / left(LEFT1, step));
  }

  /** Factor for the root of the second moment in step number {@code step}, 1 or more. */
  static float rowCorrection(final long step) {
    return (float) (1 / StrictMath.sqrt(left(LEFT2, step)));
  }

  /**
   * Moves one row of parameters and clears its gradient.
   *
   * @param rate from {@link #rowRate}
   * @param correction from {@link #rowCorrection}
   */
  static void updateRow(
      final float[] parameter,
      final float[] gradient,
      final float[] first,
      final float[] second,
      final float rate,
      final float correction) {
    for (int i = 0; i < parameter.length; i++) {
      final float g = gradient[i];
      final float m = (BETA1 * first[i] + (1 - BETA1) * g + FLUSH) - FLUSH;
      final float v = (BETA2 * second[i] + (1 - BETA2) * (g * g) + FLUSH) - FLUSH;
      first[i] = m;
      second[i] = v;
      parameter[i] -= rate * m / ((float) Math.sqrt(v) * correction + ROW_EPSILON);
      gradient[i] = 0;
    }
  }

  /** Step size of a part at its t-th step, 1 being the first. */
  public static float rate(final double learningRate, final int t) {
    return (float) (learningRate * Math.sqrt(left(LEFT2, t)) / left(LEFT1, t));
  }

  /** Epsilon of a part at its t-th step. */
  public static float epsilon(final int t) {
    return (float) (EPSILON * Math.sqrt(left(LEFT2, t)));
  }

  /**
   * Moves the parameters and moments of a part by one step.
   *
   * @param gradient as long as theta, or longer
   * @param rate from {@link #rate}
   * @param epsilon from {@link #epsilon}
   */
  public static void update(
      final float[] theta,
      final float[] m,
      final float[] v,
      final float[] gradient,
      final float rate,
      final float epsilon) {
    for (int i = 0; i < theta.length; i++) {
      final float g = gradient[i];
      final float mean = (BETA1 * m[i] + (1 - BETA1) * g + FLUSH) - FLUSH;
      final float square = (BETA2 * v[i] + (1 - BETA2) * g * g + FLUSH) - FLUSH;
      m[i] = mean;
      v[i] = square;
      theta[i] -= rate * mean / ((float) Math.sqrt(square) + epsilon);
    }
  }
}
