package dev.braid.experts.moe;

/**
 * The layer's exponentials, in 32 bits: by {@link StrictMath}, so that every machine gives the same
 * bits. Batches of floats are what a device computes too, and its results are held to these; what
 * says something of one event, in 64 bits, is computed by {@link
 * dev.braid.experts.PortableMath#softmax}, whose exponential is faster and not exact to the last
 * bit.
 */
public final class FloatMath {
  private FloatMath() {}

  /** Replaces a stretch of logits by their softmax. */
  public static void softmax(final float[] values, final int from, final int length) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + length; i++) {
      largest = Math.max(largest, values[i]);
    }
    float sum = 0;
    for (int i = from; i < from + length; i++) {
      values[i] = (float) StrictMath.exp(values[i] - largest);
      sum += values[i];
    }
    for (int i = from; i < from + length; i++) {
      values[i] /= sum;
    }
  }

  /** The logistic function. */
  public static float sigmoid(final float value) {
    return (float) (1 / (1 + StrictMath.exp(-value)));
  }
}
