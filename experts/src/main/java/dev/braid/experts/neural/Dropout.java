package dev.braid.experts.neural;

/**
 * Dropout whose masks follow from the event's number, so that nothing has to be remembered between
 * the pass that predicts and the one that learns.
 */
final class Dropout {
  /** No unit is ever dropped. */
  static final Dropout NONE = new Dropout(0, 0);

  private final long seed;
  private final double rate;
  private final float scale;

  /**
   * @param rate share of units dropped, 0 to less than 1
   */
  Dropout(final double rate, final long seed) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout is a share from 0 to below 1, not " + rate);
    }
    this.seed = seed;
    this.rate = rate;
    this.scale = (float) (1 / (1 - rate));
  }

  /** What the units that stay are multiplied with, so that the expected sum stays the same. */
  float scale() {
    return scale;
  }

  /** Drops units of one row of activations and scales the others. */
  void apply(final float[] row, final long event) {
    if (rate == 0) {
      return;
    }
    for (int j = 0; j < row.length; j++) {
      row[j] = draw(event, j) < rate ? 0 : row[j] * scale;
    }
  }

  /** A number in [0, 1) from event and unit, by SplitMix64's finaliser (Steele et al., 2014). */
  private double draw(final long event, final int unit) {
    long z = seed + event * 0x9E3779B97F4A7C15L + (unit + 1L) * 0xD1B54A32D192ED03L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return (double) ((z ^ z >>> 31) >>> 11) * 0x1p-53;
  }
}
