package dev.braid.experts;

/** How often each event counts in online bagging: a Poisson variable of mean 6, by the event. */
public final class PoissonWeight {
  private static final double MEAN = 6;

  /** Beyond this a draw is a matter of one in ten billion. */
  private static final int MOST = 32;

  private static final double[] CUMULATIVE = cumulative();

  private final long seed;

  /** Weights of a seed. */
  public PoissonWeight(final long seed) {
    this.seed = seed;
  }

  private static double[] cumulative() {
    final double[] sums = new double[MOST];
    double term = PortableMath.exp(-MEAN);
    double sum = 0;
    for (int k = 0; k < MOST; k++) {
      sum += term;
      sums[k] = sum;
      term *= MEAN / (k + 1);
    }
    return sums;
  }

  /** The weight of the n-th event, 0 or more. */
  public int of(final long n) {
    final double u = CounterRandom.unit(seed, n);
    int k = 0;
    while (k < MOST && u >= CUMULATIVE[k]) {
      k++;
    }
    return k;
  }
}
