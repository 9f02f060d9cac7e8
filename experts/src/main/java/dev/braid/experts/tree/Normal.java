package dev.braid.experts.tree;

/**
 * The standard normal distribution. The cumulative distribution uses the rational approximations of
 * erf and erfc in S. Moshier's Cephes library ({@code ndtr}), operation for operation, since the
 * last bit of a split's merit decides ties.
 */
// The digits are those published; the compiler rounds them.
@SuppressWarnings("FloatingPointLiteralPrecision")
final class Normal {
  /** Square root of two pi. */
  static final double SQRT_2PI = Math.sqrt(2 * Math.PI);

  private static final double SQRT_HALF = 7.07106781186547524401E-1;
  private static final double LARGEST_EXPONENT = 7.09782712893383996732E2;

  private static final double[] ERF_P = {
    9.60497373987051638749E0,
    9.00260197203842689217E1,
    2.23200534594684319226E3,
    7.00332514112805075473E3,
    5.55923013010394962768E4
  };
  private static final double[] ERF_Q = {
    1.0,
    3.35617141647503099647E1,
    5.21357949780152679795E2,
    4.59432382970980127987E3,
    2.26290000613890934246E4,
    4.92673942608635921086E4
  };
  private static final double[] ERFC_P = {
    2.46196981473530512524E-10,
    5.64189564831068821977E-1,
    7.46321056442269912687E0,
    4.86371970985681366614E1,
    1.96520832956077098242E2,
    5.26445194995477358631E2,
    9.34528527171957607540E2,
    1.02755188689515710272E3,
    5.57535335369399327526E2
  };
  private static final double[] ERFC_Q = {
    1.0,
    1.32281951154744992508E1,
    8.67072140885989742329E1,
    3.54937778887819891062E2,
    9.75708501743205489753E2,
    1.82390916687909736289E3,
    2.24633760818710981792E3,
    1.65666309194161350182E3,
    5.57535340817727675546E2
  };
  private static final double[] TAIL_P = {
    5.64189583547755073984E-1,
    1.27536670759978104416E0,
    5.01905042251180477414E0,
    6.16021097993053585195E0,
    7.40974269950448939160E0,
    2.97886665372100240670E0
  };
  private static final double[] TAIL_Q = {
    1.0,
    2.26052863220117276590E0,
    9.39603524938001434673E0,
    1.20489539808096656605E1,
    1.70814450747565897222E1,
    9.60896809063285878198E0,
    3.36907645100081516050E0
  };

  private Normal() {}

  /** Probability that a standard normal variable is at most z. */
  static double cumulative(final double z) {
    final double x = z * SQRT_HALF;
    final double distance = Math.abs(x);
    if (distance < SQRT_HALF) {
      return 0.5 + 0.5 * erfNearZero(x);
    }
    final double tail =
        0.5 * (distance < 1.0 ? 1.0 - erfNearZero(distance) : erfcFarFromZero(distance));
    return x > 0 ? 1.0 - tail : tail;
  }

  private static double erfNearZero(final double x) {
    final double square = x * x;
    return x * polynomial(square, ERF_P) / polynomial(square, ERF_Q);
  }

  private static double erfcFarFromZero(final double x) {
    final double exponent = -x * x;
    if (exponent < -LARGEST_EXPONENT) {
      return 0.0;
    }
    final double gauss = Math.exp(exponent);
    return x < 8.0
        ? gauss * polynomial(x, ERFC_P) / polynomial(x, ERFC_Q)
        : gauss * polynomial(x, TAIL_P) / polynomial(x, TAIL_Q);
  }

  /** Horner's rule; the coefficient of the highest power comes first. */
  private static double polynomial(final double x, final double[] coefficients) {
    double sum = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      sum = sum * x + coefficients[i];
    }
    return sum;
  }

  /**
   * Density of a normal distribution, as MOA's GaussianEstimator computes it.
   *
   * @param deviation standard deviation; 0 for a distribution of one value
   */
  static double density(final double value, final double mean, final double deviation) {
    if (deviation > 0.0) {
      final double offset = value - mean;
      return 1.0
          / (SQRT_2PI * deviation)
          * Math.exp(-(offset * offset / (2.0 * deviation * deviation)));
    }
    return value == mean ? 1.0 : 0.0;
  }
}
