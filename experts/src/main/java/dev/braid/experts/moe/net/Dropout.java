package dev.braid.experts.moe.net;

import dev.braid.experts.CounterRandom;

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
    final long mask = CounterRandom.bits(seed, event);
    for (int j = 0; j < row.length; j++) {
      row[j] = CounterRandom.unit(mask, j) < rate ? 0 : row[j] * scale;
    }
  }
}
