package dev.braid.experts.moe;

/**
 * Adam (Kingma and Ba 2015, algorithm 1), with the bias corrections folded into step size and
 * epsilon as in the last paragraph of its section 2.
 */
public final class Adam {
  public static final float BETA1 = 0.9f;
  static final float BETA2 = 0.999f;
  private static final double EPSILON = 1e-8;

  /** Added and taken away again, it turns what would become a denormal into 0. */
  public static final float FLUSH = 1e-20f;

  private Adam() {}

  /** Step size at the t-th step, 1 being the first. */
  public static float rate(final double learningRate, final int t) {
    return (float)
        (learningRate * Math.sqrt(1 - StrictMath.pow(BETA2, t)) / (1 - StrictMath.pow(BETA1, t)));
  }

  /** Epsilon at the t-th step. */
  public static float epsilon(final int t) {
    return (float) (EPSILON * Math.sqrt(1 - StrictMath.pow(BETA2, t)));
  }

  /** Moves parameters and moments by one step. */
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
