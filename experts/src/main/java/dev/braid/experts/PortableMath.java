package dev.braid.experts;

/**
 * Logarithm and exponential that are fast and give the same bits on every machine: built from the
 * four operations alone, which Java defines exactly, where {@link Math} may use whatever the
 * processor offers. Relative error below 1e-12.
 */
public final class PortableMath {
  private static final double LN2 = 0.6931471805599453;
  private static final double SQRT2 = 1.4142135623730951;
  private static final double LARGEST_EXPONENT = 700;

  /** Logits of this distance are finite, and neither is left out. */
  public static final double SURE_EXPONENT = 600;

  private PortableMath() {}

  /** Natural logarithm of a positive, normal number. */
  public static double log(final double x) {
    final long bits = Double.doubleToRawLongBits(x);
    long exponent = (bits >>> 52) - 1023;
    double mantissa = Double.longBitsToDouble((bits & 0xfffffffffffffL) | 0x3ff0000000000000L);
    if (mantissa > SQRT2) {
      mantissa *= 0.5;
      exponent++;
    }
    // log m = 2 atanh((m - 1) / (m + 1)), whose argument lies within 0.172 of 0.
    final double s = (mantissa - 1) / (mantissa + 1);
    final double q = s * s;
    final double series =
        1 + q * (1 / 3.0 + q * (1 / 5.0 + q * (1 / 7.0 + q * (1 / 9.0 + q * (1 / 11.0 + q / 13)))));
    return exponent * LN2 + 2 * s * series;
  }

  /** Exponential; arguments beyond 700 either way count as 700. */
  public static double exp(final double x) {
    final double limited = Math.max(-LARGEST_EXPONENT, Math.min(LARGEST_EXPONENT, x));
    final double power = Math.rint(limited / LN2);
    final double r = limited - power * LN2;
    double sum = 1;
    for (int term = 11; term > 0; term--) {
      sum = 1 + sum * r / term;
    }
    return sum * Double.longBitsToDouble(((long) power + 1023) << 52);
  }

  /**
   * The same of many numbers at once, in place and in loops that the compiler turns into vector
   * code.
   *
   * @param values the first {@code count} are from {@code -SURE_EXPONENT} to 0
   * @param power scratch, of that length at least
   */
  public static void expOfNegatives(final double[] values, final double[] power, final int count) {
    for (int i = 0; i < count; i++) {
      final double p = Math.rint(values[i] / LN2);
      final double r = values[i] - p * LN2;
      double sum = 1 + r / 11;
      sum = 1 + sum * r / 10;
      sum = 1 + sum * r / 9;
      sum = 1 + sum * r / 8;
      sum = 1 + sum * r / 7;
      sum = 1 + sum * r / 6;
      sum = 1 + sum * r / 5;
      sum = 1 + sum * r / 4;
      sum = 1 + sum * r / 3;
      sum = 1 + sum * r / 2;
      sum = 1 + sum * r;
      power[i] = p;
      values[i] = sum;
    }
    for (int i = 0; i < count; i++) {
      values[i] *= Double.longBitsToDouble(((long) power[i] + 1023) << 52);
    }
  }

  /**
   * Turns logits into probabilities in place. A logit of NaN counts as negative infinity.
   *
   * @param values logits, then probabilities that sum to 1
   */
  public static void softmax(final double[] values) {
    softmax(values, values, 0);
  }

  /**
   * The same beside the logits.
   *
   * @param out receives one probability per logit from {@code at} on
   */
  public static void softmax(final double[] logits, final double[] out, final int at) {
    if (logits.length == 2 && Math.abs(logits[0] - logits[1]) < SURE_EXPONENT) {
      softmaxOfTwo(logits[0] - logits[1], out, at);
      return;
    }
    double largest = Double.NEGATIVE_INFINITY;
    for (final double logit : logits) {
      if (logit > largest) {
        largest = logit;
      }
    }
    double sum = 0;
    for (int c = 0; c < logits.length; c++) {
      // The comparison is false for NaN, and where no logit is finite all count the same.
      out[at + c] = logits[c] >= largest - LARGEST_EXPONENT ? exp(logits[c] - largest) : 0;
      sum += out[at + c];
    }
    for (int c = 0; c < logits.length; c++) {
      out[at + c] = sum > 0 ? out[at + c] / sum : 1.0 / logits.length;
    }
  }

  /** The same bits: the larger logit has the exponential of 0, which is 1. */
  private static void softmaxOfTwo(final double difference, final double[] out, final int at) {
    final double smaller = exp(-Math.abs(difference));
    final double sum = 1 + smaller;
    out[at] = (difference >= 0 ? 1 : smaller) / sum;
    out[at + 1] = (difference >= 0 ? smaller : 1) / sum;
  }
}
