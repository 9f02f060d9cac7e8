package dev.braid.experts.moe.net;

/**
 * Adam (Kingma and Ba, 2015, algorithm 1) with the bias correction folded into two factors per
 * step.
 *
 * @param learningRate step size, greater than 0
 * @param beta1 decay of the first moment, 0 to 1
 * @param beta2 decay of the second moment, 0 to 1
 * @param epsilon added to the root of the second moment
 */
public record Adam(float learningRate, float beta1, float beta2, float epsilon) {
  /**
   * Added and taken away again, this turns a moment that has decayed towards denormal numbers into
   * 0 and leaves every other one as it is: arithmetic with denormals is many times slower.
   */
  private static final float FLUSH = 1e-20f;

  /** The usual decay rates 0.9 and 0.999, epsilon 1e-8. */
  public static Adam withLearningRate(final double learningRate) {
    return new Adam((float) learningRate, 0.9f, 0.999f, 1e-8f);
  }

  /** Size of the step number {@code step}, 1 or more, that the first moment is multiplied with. */
  public float rate(final long step) {
    return (float) (learningRate / (1 - StrictMath.pow(beta1, (double) step)));
  }

  /** Factor for the root of the second moment in step number {@code step}, 1 or more. */
  float correction(final long step) {
    return (float) (1 / StrictMath.sqrt(1 - StrictMath.pow(beta2, (double) step)));
  }

  /**
   * Moves one row of parameters and clears its gradient.
   *
   * @param rate from {@link #rate}
   * @param correction from {@link #correction}
   */
  void update(
      final float[] parameter,
      final float[] gradient,
      final float[] first,
      final float[] second,
      final float rate,
      final float correction) {
    final float b1 = beta1;
    final float b2 = beta2;
    final float eps = epsilon;
    for (int i = 0; i < parameter.length; i++) {
      final float g = gradient[i];
      final float m = (b1 * first[i] + (1 - b1) * g + FLUSH) - FLUSH;
      final float v = (b2 * second[i] + (1 - b2) * (g * g) + FLUSH) - FLUSH;
      first[i] = m;
      second[i] = v;
      parameter[i] -= rate * m / ((float) Math.sqrt(v) * correction + eps);
      gradient[i] = 0;
    }
  }
}
